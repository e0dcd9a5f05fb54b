#include "compiler/lower/unsupported.h"

#include <doctest/doctest.h>

#include <functional>

using namespace mabplan;
using namespace mabplan::compiler;

namespace {

const SourceTextPtr kText = std::make_shared<SourceText>("m.yaml", "1\n2\n3\n4\n5\n");

SourcePlace line(std::size_t number) { return {kText, number, 1, 1, 0}; }

std::vector<std::string> refused(const std::function<void(Build&)>& change) {
    compiler::Target target;
    target.place = line(1);
    compiler::Cell cell;
    cell.platform.os = "linux";
    change(cell.build);
    std::vector<std::string> out;
    for (const Error& error : refuse_unsupported(target, cell)) {
        CHECK(error.kind == ErrorKind::Input);
        out.push_back(format_place(error.place.value()) + " " + error.message);
    }
    return out;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("a plain build is not refused, nor one that says no to what can't be done") {
    CHECK(refused([](Build&) {}).empty());
    CHECK(refused([](Build& build) {
              build.provenance = "false";
              build.sbom = "false";
              build.labels = {{"a", "b", {}}};
              build.no_cache = true;
          }).empty());
}

TEST_CASE("each key that can't be done is refused at the target where its own place is not known") {
    const std::vector<std::pair<const char*, std::function<void(Build&)>>> keys{
        {"test", [](Build& build) { build.tests.emplace_back(); }},
        {"cache_from", [](Build& build) { build.cache_from.emplace_back(); }},
        {"cache_to", [](Build& build) { build.cache_to.emplace_back(); }},
        {"provenance", [](Build& build) { build.provenance = "mode=max"; }},
        {"sbom", [](Build& build) { build.sbom = "true"; }},
    };
    for (const auto& [key, change] : keys) {
        CHECK(refused(change) == Texts{std::string("m.yaml:1:1 ") + key + " is not supported yet"});
    }
}

TEST_CASE("all of them are told, each at its own place") {
    CHECK(refused([](Build& build) {
              build.places = {{"test", line(4)}, {"sbom", line(3)}};
              build.tests.emplace_back();
              build.sbom = "true";
          }) == Texts{"m.yaml:4:1 test is not supported yet", "m.yaml:3:1 sbom is not supported yet"});
}
