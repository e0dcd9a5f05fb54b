#include "runtime/layer/archive_stream.h"

#include "runtime/sys/file.h"
#include "tests/support/layer_builder.h"
#include "tests/support/temporary_directory.h"

#include <doctest/doctest.h>

#include <cstdlib>

using namespace mabplan;
using namespace mabplan::runtime;
using namespace mabplan::tests;

namespace {

Result<std::string> unpacked(std::string packed) {
    MABPLAN_TRY(stream, open_archive_stream(std::make_unique<StringSource>(std::move(packed), 777)));
    StringSink sink;
    MABPLAN_CHECK(copy_bytes(*stream, sink));
    return sink.text;
}

std::string sample() {
    std::string text;
    for (int line = 0; line < 60'000; ++line) text += std::to_string(line * 7919) + "\n";
    return text;
}

// What a program of others makes of the text; nothing where there is no such program.
std::optional<std::string> packed_by(const std::string& program, const std::string& text) {
    if (std::system(("command -v " + program + " >/dev/null").c_str()) != 0) return std::nullopt;
    const TemporaryDirectory folder;
    REQUIRE(write_file(folder / "in", text));
    REQUIRE(std::system((program + " -c <" + (folder / "in") + " >" + (folder / "out")).c_str()) == 0);
    return read_file(folder / "out").value();
}

}  // namespace

TEST_CASE("what the programs of others packed is unpacked") {
    for (const std::string program : {"gzip", "bzip2", "xz", "zstd -q"}) {
        CAPTURE(program);
        for (const std::string& text : {std::string(), std::string("a"), sample()}) {
            if (const auto packed = packed_by(program, text)) CHECK(unpacked(*packed).value() == text);
        }
    }
}

TEST_CASE("what is not packed passes as it is") {
    for (const std::string& text : {std::string(), std::string("B"), std::string("BZ"),
                                    std::string("\xfd"
                                                "7zX"),
                                    sample()})
        CHECK(unpacked(text).value() == text);
}

TEST_CASE("what breaks off is an error") {
    for (const std::string program : {"gzip", "bzip2", "xz", "zstd -q"}) {
        CAPTURE(program);
        const auto packed = packed_by(program, sample());
        if (!packed) continue;
        for (const std::size_t left : {packed->size() / 2, packed->size() - 1}) {
            const auto text = unpacked(packed->substr(0, left));
            REQUIRE_FALSE(text);
            CHECK(text.error().kind == ErrorKind::Input);
        }
    }
}
