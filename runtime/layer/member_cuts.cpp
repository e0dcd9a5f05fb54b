#include "runtime/layer/member_cuts.h"

#include "plans/base/text.h"
#include "runtime/layer/tar_fields.h"
#include "runtime/layer/tar_header.h"
#include "runtime/sys/xxh3.h"

#include <algorithm>
#include <limits>

namespace mabplan::runtime {

namespace {

constexpr std::uint64_t kNotATar = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint64_t kNoSize = kNotATar;

// Says something of the entry that follows it: pax headers, and GNU tar's long names.
bool is_of_the_next(char type) { return type == 'x' || type == 'g' || type == 'L' || type == 'K'; }
// Links, devices, directories and pipes have no content, whatever size they name.
bool has_content(char type) { return type < '1' || type > '6'; }

// "LENGTH size=NUMBER\n" among the records of a pax header.
std::uint64_t size_in_pax(std::string_view records) {
    constexpr std::string_view kRecord = " size=";
    std::uint64_t size = kNoSize;
    for (std::size_t at = records.find(kRecord); at != std::string_view::npos; at = records.find(kRecord, at + 1)) {
        const std::string_view rest = records.substr(at + kRecord.size());
        size = parse_unsigned(rest.substr(0, rest.find('\n'))).value_or(size);
    }
    return size;
}

// One byte in a MiB is chosen, whatever entries it belongs to.
bool is_chosen(std::string_view headers, std::uint64_t content) {
    constexpr std::uint64_t kOfOneByte = std::numeric_limits<std::uint64_t>::max() / MemberCuts::kUsualBytes;
    return content >= MemberCuts::kUsualBytes || xxh3_64(headers) / kOfOneByte < headers.size() + content;
}

std::uint64_t whole_blocks(std::uint64_t bytes) { return bytes > kNotATar - kTarBlock ? kNotATar : bytes + tar_padding(bytes); }

}  // namespace

// Behind what `out` holds; fewer bytes at the end alone.
Result<std::size_t> MemberCuts::take(std::vector<char>& out, std::uint64_t most) {
    std::size_t count = 0;
    while (count < most) {
        if (at_ == filled_) {
            MABPLAN_TRY(filled, read_full(tar_, read_));
            at_ = 0;
            filled_ = filled;
            ended_ = ended_ || filled == 0;
            if (filled == 0) break;
        }
        const auto now = static_cast<std::size_t>(std::min<std::uint64_t>(most - count, filled_ - at_));
        const auto from = read_.begin() + static_cast<std::ptrdiff_t>(at_);
        out.insert(out.end(), from, from + static_cast<std::ptrdiff_t>(now));
        at_ += now;
        count += now;
    }
    return count;
}

// One header, and what belongs to it where it is of the next entry. False: the entry's own header is read, or there is none.
Result<bool> MemberCuts::read_header(std::uint64_t& pax_size) {
    const std::size_t at = headers_.size();
    MABPLAN_TRY(count, take(headers_, kTarBlock));
    if (count < kTarBlock) return false;
    const std::string_view block(headers_.data() + at, kTarBlock);
    if (!is_tar_header(block)) {  // the zeros at the end as well
        body_ = kNotATar;
        return false;
    }
    const char type = block[kTarTypeAt];
    const std::uint64_t content = whole_blocks(tar_number(kTarSize.in(block)));
    if (!is_of_the_next(type) || content > kUsualBytes) {
        body_ = !has_content(type) ? 0 : pax_size == kNoSize ? content : whole_blocks(pax_size);
        return false;
    }
    MABPLAN_TRY(of_it, take(headers_, content));
    if (type == 'x') pax_size = size_in_pax(std::string_view(headers_.data() + at + kTarBlock, of_it));
    return true;
}

Status MemberCuts::read_headers() {
    headers_.clear();
    body_ = 0;
    piece_ = kUsualBytes;
    std::uint64_t pax_size = kNoSize;
    bool more = true;
    while (more && !ended_ && headers_.size() < kMostBytes) {
        MABPLAN_TRY(read, read_header(pax_size));
        more = read;
    }
    chosen_ = body_ != kNotATar && is_chosen(std::string_view(headers_.data(), headers_.size()), body_);
    return {};
}

// Of the entry's content; true: the member ends here.
Result<bool> MemberCuts::take_body(std::vector<char>& member) {
    while (body_ > 0 && !ended_) {
        const std::uint64_t now = std::min(body_, piece_);
        MABPLAN_TRY(count, take(member, now));
        body_ -= count;
        piece_ -= count;
        if (piece_ > 0) continue;
        piece_ = kUsualBytes;
        if (body_ > 0) return true;
    }
    return false;
}

Result<bool> MemberCuts::next(std::vector<char>& member) {
    member.clear();
    member.reserve(kMostBytes + kUsualBytes);  // to grow would touch twice as much memory as the member is large
    for (;;) {
        member.insert(member.end(), headers_.begin(), headers_.end());
        headers_.clear();
        MABPLAN_TRY(is_whole, take_body(member));
        if (is_whole) return true;
        if (ended_) return !member.empty();
        MABPLAN_CHECK(read_headers());
        if (!member.empty() && !headers_.empty() && (chosen_ || member.size() >= kMostBytes)) return true;
    }
}

}  // namespace mabplan::runtime
