#include "runtime/store/layered_content_store.h"

#include "plans/base/format.h"

namespace mabplan::runtime {

namespace {

class LayeredWriter final : public ContentWriter {
public:
    LayeredWriter(std::unique_ptr<ContentWriter> near, std::unique_ptr<ContentWriter> far, FarSide& side)
        : near_(std::move(near)), far_(std::move(far)), side_(side) {}

    Status write(std::string_view bytes) override {
        MABPLAN_CHECK(near_->write(bytes));
        if (far_)
            if (const auto written = far_->write(bytes); !written) give_up(written.error());
        return {};
    }
    std::uint64_t count() const override { return near_->count(); }
    using ContentWriter::commit;
    Result<Digest> commit(const std::optional<Digest>& expected) override {
        MABPLAN_TRY(digest, near_->commit(expected));
        if (far_)
            if (const auto committed = far_->commit(digest); !committed) give_up(committed.error());
        return digest;
    }

private:
    void give_up(const Error& error) {
        side_.fail_with(error);
        far_.reset();
    }

    std::unique_ptr<ContentWriter> near_;
    std::unique_ptr<ContentWriter> far_;  // null: the far one failed
    FarSide& side_;
};

Result<bool> has_one(const ContentStore& store, const Digest& digest) {
    MABPLAN_TRY(found, store.has(std::span(&digest, 1)));
    return found.front();
}

}  // namespace

Result<std::vector<bool>> LayeredContentStore::has(std::span<const Digest> digests) const {
    MABPLAN_TRY(found, near_.has(digests));
    std::vector<Digest> asked;
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < digests.size(); ++i) {
        if (found[i]) continue;
        asked.push_back(digests[i]);
        places.push_back(i);
    }
    if (asked.empty() || !side_.answers()) return found;
    const auto answer = far_.has(asked);
    if (!answer) side_.fail_with(answer.error());
    for (std::size_t i = 0; answer && i < places.size(); ++i) found[places[i]] = (*answer)[i];
    return found;
}

// An error of the near one alone: it can't be written.
Status LayeredContentStore::bring_near(const Digest& digest) const {
    MABPLAN_TRY(writer, near_.create());
    const auto give_up = [&](const Error& error) {
        side_.fail_with(error);
        return Status{};
    };
    auto source = far_.open(digest);
    if (!source) return source.error().kind == ErrorKind::Verify ? Status{} : give_up(source.error());  // not there: no failure
    std::vector<char> buffer(std::size_t{256} << 10U);
    for (;;) {
        const auto size = (*source)->read(buffer);
        if (!size) return give_up(size.error());
        if (*size == 0) break;
        MABPLAN_CHECK(writer->write({buffer.data(), *size}));
    }
    auto committed = writer->commit(digest);
    if (!committed && committed.error().kind == ErrorKind::Verify) return give_up(committed.error());
    return committed ? Status{} : fail(std::move(committed).error());
}

Result<std::unique_ptr<ByteSource>> LayeredContentStore::open(const Digest& digest) const {
    MABPLAN_TRY(is_near, has_one(near_, digest));
    if (!is_near && side_.answers()) MABPLAN_CHECK(bring_near(digest));
    return near_.open(digest);
}

Result<std::unique_ptr<ContentWriter>> LayeredContentStore::create() const {
    MABPLAN_TRY(near, near_.create());
    std::unique_ptr<ContentWriter> far;
    if (side_.answers()) {
        auto created = far_.create();
        if (created) far = *std::move(created);
        else side_.fail_with(created.error());
    }
    return std::unique_ptr<ContentWriter>(std::make_unique<LayeredWriter>(std::move(near), std::move(far), side_));
}

}  // namespace mabplan::runtime
