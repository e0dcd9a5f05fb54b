#include "compiler/dockerfile/mount.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::compiler;

namespace {

// "$X" is the one variable that this knows.
Result<std::string> expand(std::string_view value) {
    if (value == "$X") return std::string("cache");
    return std::string(value);
}

Mount resolve(std::string_view text) {
    auto mount = parse_mount(text);
    REQUIRE_MESSAGE(mount.has_value(), mount.error().message);
    auto resolved = resolve_mount(*mount, expand);
    REQUIRE_MESSAGE(resolved.has_value(), resolved.error().message);
    return *resolved;
}

std::string refusal(std::string_view text) {
    const auto mount = parse_mount(text);
    REQUIRE_MESSAGE(!mount.has_value(), text);
    return mount.error().message + (mount.error().hint.empty() ? "" : " | " + mount.error().hint);
}

std::string device_text(std::string_view text) {
    const auto device = parse_device(text);
    if (!device) return "error: " + device.error().message;
    return device->name + (device->required ? " required" : "");
}

}  // namespace

TEST_CASE("a bind mount is the default and read-only") {
    const Mount mount = resolve("target=/src,source=lib,from=build");
    CHECK(mount.type == MountType::Bind);
    CHECK(mount.read_only);
    CHECK(mount.from == "build");
    CHECK(mount.source == "lib");
    CHECK(mount.target == "/src");
    CHECK(!resolve("dst=/src,rw").read_only);
    CHECK(!resolve("destination=/src,readonly=false").read_only);
    CHECK(resolve("target=/src,rw=false").read_only);
}

TEST_CASE("each type has its options") {
    const Mount cache = resolve("TYPE=Cache,id=x,target=/c,sharing=locked,mode=0770,uid=1,gid=2");
    CHECK(cache.type == MountType::Cache);
    CHECK(!cache.read_only);
    CHECK(cache.sharing == CacheSharing::Locked);
    CHECK(cache.mode == 0770);
    CHECK(cache.uid == 1);
    CHECK(cache.gid == 2);
    CHECK(resolve("size=1.5m,type=tmpfs,target=/t").size == 1572864);
    CHECK(resolve("type=tmpfs,target=/t,size=64KiB").size == 65536);
    const Mount secret = resolve("type=secret,id=token,env=TOKEN,required");
    CHECK(secret.required);
    CHECK(secret.env == "TOKEN");
    CHECK(resolve("type=ssh,required=false").type == MountType::Ssh);
}

TEST_CASE("values wait for their variables") {
    const auto mount = parse_mount("type=$X,target=/c,mode=$MODE");
    REQUIRE(mount.has_value());
    CHECK(mount->options.size() == 3);
    CHECK(resolve("type=$X,target=/c").type == MountType::Cache);
    const auto resolved = resolve_mount(*mount, expand);
    REQUIRE(!resolved.has_value());
    CHECK(resolved.error().message == "invalid value \"$MODE\" for mode: an octal number is expected");
    CHECK(resolved.error().context == std::vector<std::string>{"reading --mount=type=$X,target=/c,mode=$MODE"});
    CHECK(parse_mount("from=a,target=/x")->from() == "a");
}

TEST_CASE("quoted fields hold commas") {
    CHECK(resolve("\"source=a,\"\"b\",target=/x").source == "a,\"b");
    CHECK(refusal("target=/a\"b\"") == "a double quote stands inside of \"target=/a\\\"b\\\"\": the whole field must be quoted");
    CHECK(refusal("\"target=/a") == "the double quote before \"\" is never closed");
}

TEST_CASE("mistakes are told at once") {
    CHECK(refusal("targt=/x") == "unknown mount option \"targt\" in \"targt=/x\" | did you mean \"target\"?");
    CHECK(refusal("target") == "the mount option target needs a value: target=…");
    CHECK(refusal("from=$BASE,target=/x") ==
          "from=$BASE holds a variable, which the mount option from does not expand | name a stage by FROM with that variable, and mount "
          "from the stage");
    CHECK(refusal("type=cach,target=/x") == "unsupported mount type \"cach\" | did you mean \"cache\"?");
    CHECK(refusal("type=volume,target=/x") == "unsupported mount type \"volume\" | known are bind, cache, tmpfs, secret, ssh");
    CHECK(refusal("type=cache,target=/x,sharing=all") == "unsupported sharing \"all\" | known are shared, private, locked");
    CHECK(refusal("target=/x,mode=0700") == "the mount option mode is not for mounts of type bind");
    CHECK(refusal("target=/x,required") == "the mount option required is not for mounts of type bind");
    CHECK(refusal("target=/x,size=1m") == "the mount option size is not for mounts of type bind");
    CHECK(refusal("type=secret,id=a,sharing=shared") == "the mount option sharing is not for mounts of type secret");
    CHECK(refusal("type=secret,from=a") == "the mount option from is not for mounts of type secret");
    CHECK(refusal("type=secret") == "a secret mount needs an id or a target");
    CHECK(refusal("type=secret,id=a,source=b") == "a secret mount has either source or id, not both");
    CHECK(refusal("target=/x,ro=yes") == "invalid value \"yes\" for ro: true or false is expected");
    CHECK(refusal("type=cache,target=/x,uid=root") == "invalid value \"root\" for uid: a number is expected");
    CHECK(refusal("type=cache,target=/x,uid=2147483648") == "the id 2147483648 is out of range: ids end at 2147483647");
    CHECK(refusal("type=cache,target=/x,gid=99999999999999999999") == "the id 99999999999999999999 is out of range: ids end at 2147483647");
    CHECK(refusal("type=tmpfs,target=/x,size=1.x") == "invalid value \"1.x\" for size: a size like 64m or 1.5g is expected");
    CHECK(refusal("type=tmpfs,target=/x,size=99999999999p") ==
          "invalid value \"99999999999p\" for size: a size like 64m or 1.5g is expected");
}

TEST_CASE("devices") {
    CHECK(device_text("vendor/class") == "vendor/class");
    CHECK(device_text("vendor/class=one,required") == "vendor/class=one required");
    CHECK(device_text("name=vendor/class=one,required=0") == "vendor/class=one");
    CHECK(device_text("a/b,name=c/d") == "error: the device has a name already: a/b");
    CHECK(device_text("a/b,c/d") == "error: unknown device option \"c/d\" in \"c/d\"");
    CHECK(device_text("a/b,required=maybe") == "error: invalid value \"maybe\" for required: true or false is expected");
}
