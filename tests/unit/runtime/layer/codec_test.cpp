#include "runtime/layer/codec.h"

#include "runtime/sys/file.h"
#include "tests/support/layer_builder.h"
#include "tests/support/temporary_directory.h"

#include <doctest/doctest.h>

#include <cstdlib>

using namespace mabplan;
using namespace mabplan::runtime;
using namespace mabplan::tests;

namespace {

// Neither all alike nor all different.
std::string sample(std::size_t size) {
    std::string text;
    std::uint32_t state = 1;
    while (text.size() < size) {
        state = state * 1664525U + 1013904223U;
        text += "line " + std::to_string(state >> 20U) + "\n";
    }
    text.resize(size);
    return text;
}

std::string packed(const std::string& input, Compression compression, int threads = 1, std::size_t at_once = 100'000) {
    StringSource source(input, at_once);
    StringSink sink;
    const Result<CompressedBlob> blob = compress(source, compression, sink, threads);
    REQUIRE(blob);
    CHECK(blob->size == sink.text.size());
    CHECK(blob->digest == Digest::of(sink.text));
    return sink.text;
}

Result<std::string> unpacked(const std::string& input, std::optional<Compression> declared = std::nullopt, std::size_t at_once = 1000) {
    MABPLAN_TRY(source, decompress(std::make_unique<StringSource>(input, at_once), declared));
    StringSink sink;
    MABPLAN_CHECK(copy_bytes(*source, sink));
    return sink.text;
}

std::string message(const std::string& input, std::optional<Compression> declared = std::nullopt) {
    const Result<std::string> outcome = unpacked(input, declared);
    return outcome ? "no error" : outcome.error().message;
}

}  // namespace

TEST_CASE("what was packed unpacks, whatever its size") {
    for (const Compression compression : {Compression::None, Compression::Gzip, Compression::Zstd})
        for (const std::size_t size : {0UL, 1UL, 1UL << 20U, (1UL << 20U) + 1, 5'000'000UL}) {
            const std::string input = sample(size);
            CHECK(unpacked(packed(input, compression), compression).value() == input);
            CHECK(unpacked(packed(input, compression), std::nullopt).value() == input);
        }
    CHECK(unpacked(packed(sample(3000), Compression::Gzip), std::nullopt, 1).value() == sample(3000));
}

TEST_CASE("the bytes do not depend on threads or on how the input arrives") {
    const std::string input = sample(7'500'000);
    for (const Compression compression : {Compression::Gzip, Compression::Zstd}) {
        const std::string once = packed(input, compression, 1);
        for (const int threads : {2, 3, 16}) CHECK(packed(input, compression, threads, 777) == once);
    }
}

TEST_CASE("gzip members carry no time, no name and no system") {
    const std::string gzip = packed(sample(10), Compression::Gzip);
    CHECK(gzip.substr(0, 10) == std::string("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10));
}

TEST_CASE("the tools of others read them") {
    const TemporaryDirectory folder;
    const std::string input = sample(3'000'000);
    REQUIRE(write_file(folder / "plain", input));
    REQUIRE(write_file(folder / "p.gz", packed(input, Compression::Gzip)));
    REQUIRE(write_file(folder / "p.zst", packed(input, Compression::Zstd)));
    CHECK(std::system(("gzip -t " + (folder / "p.gz") + " && gzip -dc " + (folder / "p.gz") + " | cmp - " + (folder / "plain")).c_str()) ==
          0);
    if (std::system("command -v zstd >/dev/null") == 0)
        CHECK(std::system(
                  ("zstd -qt " + (folder / "p.zst") + " && zstd -qdc " + (folder / "p.zst") + " | cmp - " + (folder / "plain")).c_str()) ==
              0);
}

TEST_CASE("compression is told by the first bytes") {
    CHECK(detect_compression("\x1f\x8b\x08") == Compression::Gzip);
    CHECK(detect_compression("\x28\xb5\x2f\xfd") == Compression::Zstd);
    CHECK(detect_compression("\x50\x2a\x4d\x18") == Compression::Zstd);
    CHECK(detect_compression("./") == Compression::None);
    CHECK(detect_compression("") == Compression::None);
}

TEST_CASE("damage and truncation are errors at every place") {
    const std::string gzip = packed(sample(2'000'000), Compression::Gzip);
    const std::string zstd = packed(sample(2'000'000), Compression::Zstd);
    CHECK(message(gzip.substr(0, gzip.size() - 1)) == "the gzip bytes are cut short");
    CHECK(message(gzip.substr(0, 5), Compression::Gzip) == "the gzip bytes are cut short");
    CHECK(message("", Compression::Gzip) == "the gzip bytes are cut short");
    CHECK(message(gzip + "rubbish") == "the gzip bytes are followed by something that is not gzip");
    CHECK(message(gzip + std::string(600, '\0')) == "no error");
    CHECK(message(zstd.substr(0, zstd.size() - 1)) == "the zstd bytes are cut short");
    CHECK(message("", Compression::Zstd) == "the zstd bytes are cut short");
    CHECK(message("no gzip here", Compression::Gzip).starts_with("the gzip bytes are damaged"));
    CHECK(message("no zstd here", Compression::Zstd) == "the zstd bytes are damaged: Unknown frame descriptor");
    for (std::size_t at = 20; at < gzip.size(); at += 9973) {
        std::string bent = gzip;
        bent[at] = static_cast<char>(bent[at] ^ 0x10);
        CHECK_MESSAGE(!unpacked(bent), at);
    }
    for (std::size_t at = 20; at < zstd.size(); at += 9973) {
        std::string bent = zstd;
        bent[at] = static_cast<char>(bent[at] ^ 0x10);
        CHECK_MESSAGE(!unpacked(bent), at);
    }
}

TEST_CASE("a zstd frame that asks for a huge window is refused") {
    // descriptor 0: a window descriptor follows; exponent 21 is 2 GiB (RFC 8878, section 3.1.1.1.2)
    const std::string frame("\x28\xb5\x2f\xfd\x00\xa8\x01\x00\x00", 9);
    CHECK(message(frame) == "the zstd bytes are damaged: Frame requires too much memory for decoding");
}

TEST_CASE("codec ids name what the bytes depend on") {
    CHECK(codec_id(Compression::None) == "none");
    CHECK(codec_id(Compression::Gzip).ends_with(" level 5 members of about 1048576 bytes cut 1"));
    CHECK(codec_id(Compression::Gzip).starts_with("gzip libdeflate "));
    CHECK(codec_id(Compression::Zstd).starts_with("zstd "));
}
