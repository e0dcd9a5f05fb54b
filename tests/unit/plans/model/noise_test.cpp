// The table of noise: all of it compiles, each rule says why, and it names what it means and nothing beside it.
#include "plans/model/noise.h"

#include "plans/base/text.h"

#include <doctest/doctest.h>

#include <string>

using namespace mabplan;

namespace {

std::string what_of(std::string_view path) {
    static const NoiseTable table;
    const NoiseRule* rule = table.find(table.rules_in(parent_path(path)), base_name(path));
    return rule == nullptr ? "" : std::string(rule->what);
}

}  // namespace

TEST_CASE("every rule says what it is about and why") {
    REQUIRE_FALSE(noise_rules().empty());
    for (const NoiseRule& rule : noise_rules()) {
        CAPTURE(rule.pattern);
        CHECK_FALSE(rule.what.empty());
        CHECK_FALSE(rule.why.empty());
        CHECK_FALSE(describe(rule.remedy).empty());
        CHECK_FALSE(rule.pattern.starts_with("/"));
    }
}

TEST_CASE("logs of package managers and caches that are made anew are noise") {
    CHECK(what_of("var/log/dpkg.log") == "log of dpkg");
    CHECK(what_of("var/log/apt/history.log") == "log of apt");
    CHECK(what_of("var/log/apt/term.log") == "log of apt");
    CHECK(what_of("var/log/alternatives.log") == "log of update-alternatives");
    CHECK(what_of("var/log/dnf.rpm.log") == "log of dnf");
    CHECK(what_of("var/log/hawkey.log") == "log of dnf");
    CHECK(what_of("var/cache/ldconfig/aux-cache") == "ldconfig's aux-cache");
    CHECK(what_of("var/cache/apt/srcpkgcache.bin") == "apt's cache of the package lists");
    CHECK(what_of("root/.npm/_logs/2026-11-29T10_09_03_123Z-debug-0.log") == "log of npm");
    CHECK(what_of("cache/_logs/2026-11-29T10_09_03_123Z-debug-0.log") == "log of npm");
    CHECK(what_of("root/.cache/fontconfig/abc-le64.cache-8") == "fontconfig's cache");
    CHECK(what_of("root/.npm/_cacache/index-v5/aa/bb/cc") == "index of npm's download cache");
    CHECK(what_of("app/__pycache__/a.cpython-311.pyc") == "Python's compiled module");
    CHECK(what_of("__pycache__/a.cpython-311.pyc") == "Python's compiled module");
}

TEST_CASE("what looks like noise elsewhere, or is needed, is none") {
    for (const char* path :
         {"srv/var/log/dpkg.log", "var/log/nginx/access.log", "var/log/dpkg.log.1", "var/log/dpkg/log", "dpkg.log", "var/lib/dpkg/status",
          "var/cache/apt/archives/x.deb", "var/lib/apt/lists/x_Packages", "etc/machine-id", "etc/ld.so.cache", "tmp/x.log",
          "var/lib/rpm/rpmdb.sqlite", "root/.npm/_cacache/index-v5/a", "root/.npm/_cacache/content-v2/sha512/aa/bb/cc", "app/a.pyc",
          "app/_logs/mine.log", "var/cache/ldconfig/aux-cache/x"})
        CHECK_MESSAGE(what_of(path) == "", path);
}

TEST_CASE("nearly every folder is dismissed without looking at its names") {
    const NoiseTable table;
    CHECK(table.rules_in(".").empty());
    CHECK(table.rules_in("usr/lib/python3").empty());
    CHECK(table.rules_in("srv/var/log").empty());
    CHECK_FALSE(table.rules_in("var/log").empty());
    CHECK(table.rules_in("usr/lib/python3/__pycache__").size() == 1);
}
