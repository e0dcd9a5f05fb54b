#include "runtime/exchange_document.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::runtime;

namespace {

ExchangeDocument sample() {
    ExchangeDocument document;
    ExchangedResult result;
    result.key = Digest::of("key");
    result.kind = KeyKind::Content;
    result.result = {Digest::of("layer"), 10, 1.5, "qemu-aarch64 7.2", {{"/var/log/x", "log"}}};
    result.why = {{{"argv", "sh -c \xff"}, {"cwd", "/"}}, "Dockerfile:1 RUN"};
    result.instructions = {{"web", "stage-0", {"linux", "arm64", {}, {}, {}}, "run", 2}};
    document.results.push_back(result);
    document.layers.push_back({Digest::of("layer"),
                               {{"gzip", {Digest::of("packed"), 5}}},
                               std::vector<ProgramFound>{{"arm64", "/bin/x"}},
                               {{"id", "/etc/machine-id"}}});
    document.layers.push_back({Digest::of("other"), {}, std::nullopt, {}});
    document.mounts.push_back({Digest::of("mount"), "linux/arm64 id", Digest::of("tar"), Digest::of("times"), Digest::of("seen")});
    document.mounts.push_back({Digest::of("mount 2"), "linux/arm64 other", Digest::of("tar"), Digest::of("times"), {}});
    document.remote.push_back({"https://example.org/x", {"sha256:0", "etag", "yesterday"}});
    return document;
}

std::string refused(std::string text) {
    const auto read = read_exchange(text, "it");
    return read ? "taken" : read.error().message;
}

std::string replaced(const std::string& from, const std::string& to) {
    std::string text = write_exchange(sample());
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("what an export says of itself is read as it was written") {
    CHECK(read_exchange(write_exchange(sample()), "it").value() == sample());
    CHECK(read_exchange(write_exchange({}), "it").value() == ExchangeDocument{});
}

TEST_CASE("another form, unknown members and values that are none are refused") {
    CHECK(refused("[]") != "taken");
    CHECK(refused("{}") != "taken");
    CHECK(refused(replaced("mabplan-cache-export-1", "mabplan-cache-export-2")).find("schema") != std::string::npos);
    CHECK(refused(replaced("\"codec\"", "\"kodek\"")).find("codec") != std::string::npos);
    CHECK(refused(replaced("\"content\"", "\"contents\"")).find("unknown value") != std::string::npos);
    CHECK(refused(replaced("\"linux/arm64\"", "\"lunix/\"")).find("platform") != std::string::npos);
    CHECK(refused(replaced("\"mounts\"", "\"more\": 1, \"mounts\"")) != "taken");
    CHECK(refused(replaced(Digest::of("packed").text(), "sha256:12")).find("digest") != std::string::npos);
}
