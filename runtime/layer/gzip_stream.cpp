#include "runtime/layer/gzip_stream.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

namespace mabplan::runtime {

namespace {

constexpr std::size_t kInputBytes = 256U << 10U;
constexpr std::size_t kMostAtOnce = std::numeric_limits<std::int32_t>::max();  // the libraries count in 32 bits
constexpr std::uint8_t kGzipMagic = 0x1f;

class GzipSource final : public ByteSource {
public:
    GzipSource(std::unique_ptr<ByteSource> packed, std::unique_ptr<MemberInflater> inflater)
        : packed_(std::move(packed)), inflater_(std::move(inflater)), buffer_(kInputBytes) {}

    Result<std::size_t> read(std::span<char> buffer) override {
        const std::size_t wanted = std::min(buffer.size(), kMostAtOnce);
        std::span<std::uint8_t> out(reinterpret_cast<std::uint8_t*>(buffer.data()), wanted);
        while (out.size() == wanted && !done_) MABPLAN_CHECK(advance(out));
        return wanted - out.size();
    }

private:
    Status advance(std::span<std::uint8_t>& out) {
        if (input_.empty()) MABPLAN_CHECK(fill());
        if (inflater_->has_ended()) return start_member();
        const std::size_t had = input_.size();
        const std::size_t room = out.size();
        MABPLAN_CHECK(inflater_->inflate_some(input_, out));
        const bool is_stuck = input_.size() == had && out.size() == room && !inflater_->has_ended();
        if (is_stuck && source_ended_) return input_error("the gzip bytes are cut short");
        return {};
    }

    // After a member come another one, or zeros up to the end, or the end.
    Status start_member() {
        while (!input_.empty() && input_.front() == 0) {
            input_ = input_.subspan(1);
            padded_ = true;
        }
        if (input_.empty()) {
            done_ = source_ended_;
            return {};
        }
        if (padded_ || input_.front() != kGzipMagic) return input_error("the gzip bytes are followed by something that is not gzip");
        inflater_->start_next();
        return {};
    }

    Status fill() {
        if (source_ended_) return {};
        MABPLAN_TRY(count, packed_->read(buffer_));
        source_ended_ = count == 0;
        input_ = {reinterpret_cast<std::uint8_t*>(buffer_.data()), count};
        return {};
    }

    std::unique_ptr<ByteSource> packed_;
    std::unique_ptr<MemberInflater> inflater_;
    std::vector<char> buffer_;
    std::span<std::uint8_t> input_;  // of the buffer, not taken yet
    bool source_ended_ = false;
    bool padded_ = false;
    bool done_ = false;
};

}  // namespace

std::unique_ptr<ByteSource> inflate_members(std::unique_ptr<ByteSource> packed, std::unique_ptr<MemberInflater> inflater) {
    return std::make_unique<GzipSource>(std::move(packed), std::move(inflater));
}

}  // namespace mabplan::runtime
