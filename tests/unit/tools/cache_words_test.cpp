// Words and tables of the commands that look after the store.
#include "tools/mabplan/amounts.h"
#include "tools/mabplan/cache_filter.h"
#include "tools/terminal/table.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::tools;

namespace {

const Platform kHost{"linux", "amd64", {}, {}, {}};
constexpr std::int64_t kNow = 1'000'000;

bool fits(const std::vector<std::string>& words, const Filtered& thing) {
    return CacheFilter::parse(words, kNow, kHost).value().fits(thing);
}

std::string refusal(const std::string& word) {
    const auto filter = CacheFilter::parse({word}, kNow, kHost);
    return filter ? "taken" : filter.error().message + " | " + filter.error().hint;
}

Filtered sample() {
    Filtered thing;
    thing.kinds = {"result", "run"};
    thing.instructions = {{"web", "build", {"linux", "arm64", {}, {}, {}}, "run", 0},
                          {"api", "base", {"linux", "amd64", {}, {}, {}}, "run", 1}};
    thing.bytes = 5'000'000;
    thing.used = kNow - 7200;
    thing.in_use = true;
    return thing;
}

}  // namespace

TEST_CASE("of several filters of one name one has to fit, of several names all") {
    const Filtered thing = sample();
    CHECK(fits({}, thing));
    CHECK(fits({"kind=run"}, thing));
    CHECK(fits({"kind=copy", "type=run"}, thing));
    CHECK_FALSE(fits({"kind=copy"}, thing));
    CHECK(fits({"target=web", "platform=arm64"}, thing));
    CHECK_FALSE(fits({"target=web", "platform=local"}, thing));  // of one instruction
    CHECK(fits({"target=api", "platform=x86_64", "stage=base"}, thing));
    CHECK_FALSE(fits({"stage=none"}, thing));
    CHECK(fits({"until=1h", "since=3h"}, thing));
    CHECK_FALSE(fits({"until=3h"}, thing));
    CHECK_FALSE(fits({"since=90m"}, thing));
    CHECK(fits({"larger=4MB", "smaller=6MB", "inuse=true"}, thing));
    CHECK_FALSE(fits({"larger=5MB"}, thing));
    CHECK_FALSE(fits({"inuse=false"}, thing));
}

TEST_CASE("a cache mount has a platform and no instruction") {
    Filtered mount;
    mount.kinds = {"mount"};
    mount.platform = "linux/arm64";
    CHECK(fits({"kind=mount", "platform=linux/arm64/v8"}, mount));
    CHECK(fits({"type=exec.cachemount"}, mount));
    CHECK_FALSE(fits({"platform=amd64"}, mount));
    CHECK_FALSE(fits({"target=web"}, mount));
}

TEST_CASE("other filters are refused with what is known") {
    CHECK(refusal("knd=run") == "--filter \"knd\" is not known | did you mean \"kind\"?");
    CHECK(refusal("kind=rum").find("no such kind") != std::string::npos);
    for (const char* word : {"kind", "kind=", "until=soon", "larger=much", "inuse=perhaps", "platform=lunix/none/of/it"})
        CHECK(refusal(word) != "taken");
}

TEST_CASE("ages and amounts") {
    CHECK(age_text(-5) == "0 s");
    CHECK(age_text(119) == "119 s");
    CHECK(age_text(3600) == "60 min");
    CHECK(age_text(90'000) == "25 h");
    CHECK(age_text(1'000'000) == "11 d");
    CHECK(parse_age("90s").value() == 90);
    CHECK(parse_age("7d").value() == 7 * 86400);
    for (const char* text : {"", "s", "1", "1w", "-1h", "99999999999999999999d", "9999999999999999d"}) CHECK_FALSE(parse_age(text));
    CHECK(parse_amount("x", "20GB").value() == 20'000'000'000);
    CHECK(parse_amount("--x", "much").error().message.starts_with("--x \"much\""));
}

TEST_CASE("a table is as wide as its cells, and is cut at the terminal's edge") {
    Table table({{"name"}, {"size", Align::Right}, {"what"}});
    CHECK(table.text(0).empty());
    table.add({"a", "1 B", "first"});
    table.add({"longer", "100 kB", "second\nline\x1b[31m"});
    CHECK(table.text(0) == "NAME      SIZE  WHAT\na          1 B  first\nlonger  100 kB  second line\n");
    CHECK(table.text(12) == "NAME     ...\na        ...\nlonger  1...\n");
}
