#include "runtime/layers/arriving_blob.h"

#include "plans/base/format.h"

namespace mabplan::runtime {

namespace {

// To the store, and to who reads them at once, as long as somebody does.
class ArrivingBytes final : public ByteSink {
public:
    ArrivingBytes(ByteSink& kept, ByteSink& read) : kept_(kept), read_(read) {}
    Status write(std::string_view bytes) override {
        MABPLAN_CHECK(kept_.write(bytes));
        if (is_read_ && !read_.write(bytes)) is_read_ = false;
        passed_ += bytes.size();
        return {};
    }
    bool is_read() const { return is_read_; }
    std::uint64_t passed() const { return passed_; }

private:
    ByteSink& kept_;
    ByteSink& read_;
    bool is_read_ = true;
    std::uint64_t passed_ = 0;
};

}  // namespace

Status fetch_through(BlobFetcher& fetcher, const BlobStore& store, const ImageLocation& location, const Descriptor& blob, ByteSink& out) {
    if (store.size(blob.digest) == blob.size) return store.send(blob.digest, 0, out);
    MABPLAN_TRY(writer, store.create());
    ArrivingBytes bytes(*writer, out);
    Result<bool> sent = fetcher.send(location, blob, bytes, {});
    if (sent && *sent) {
        Result<Digest> committed = writer->commit(blob.digest);
        return committed ? Status{} : pass(std::move(committed).error(), format("reading the blob {} as it came", blob.digest.text()));
    }
    const bool is_theirs = !sent && (sent.error().kind == ErrorKind::Registry || sent.error().kind == ErrorKind::Verify);
    if (!sent && !is_theirs) return fail(std::move(sent).error());
    // the whole once more, from wherever it can be had
    MABPLAN_CHECK(fetcher.fetch(location, blob, {}));
    return bytes.is_read() ? store.send(blob.digest, bytes.passed(), out) : Status{};
}

}  // namespace mabplan::runtime
