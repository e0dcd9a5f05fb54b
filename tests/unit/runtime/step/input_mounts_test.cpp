// Inputs of a step as mounts of this host. What unpacks layers does so in a namespace of its own; the rest needs none.
#include "runtime/step/input_mounts.h"

#include "plans/base/format.h"
#include "runtime/sys/file.h"
#include "runtime/sys/stop.h"
#include "tests/support/in_child.h"
#include "tests/unit/runtime/step/step_world.h"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

using namespace mabplan;
using namespace mabplan::runtime;
using namespace mabplan::runtime::tests;

namespace {

struct World : StepWorld {
    Stop stop;
    std::string scratch = folder / "scratch";
    std::function<bool(const std::string&)> starts_empty;

    World() { ::mkdir(scratch.c_str(), 0700); }

    Result<InputMounts> prepare(std::vector<StepInput> inputs) {
        StepRequest request;
        request.inputs = std::move(inputs);
        for (const StepInput& input : request.inputs)
            if (const auto* secret = std::get_if<SecretMount>(&input.what)) MABPLAN_CHECK(secrets.load(*secret));
        return prepare_input_mounts(request, {layers, secrets, agents, key_agents, store->root(), scratch, stop.fd(), starts_empty, {}});
    }
};

// Owned by whoever runs the test: nobody else may be without a namespace.
CacheInput cache(const std::string& name, CacheSharing sharing = CacheSharing::Shared) {
    CacheInput input;
    input.id = name;
    input.key = Digest::of(name);
    input.about = "linux/arm64 " + name;
    input.sharing = sharing;
    input.uid = ::getuid();
    input.gid = ::getgid();
    return input;
}
SecretMount secret(const std::string& id) {
    SecretMount mount;
    mount.id = id;
    return mount;
}
SshMount agent(const std::string& id) { return {id, false, 0600, ::getuid(), ::getgid()}; }

struct Words {
    std::string operator()(const HostMount& host) const { return "host " + host.path; }
    std::string operator()(const LayersMount& layers) const { return format("{} layers, {}", layers.lower_dirs.size(), layers.source); }
    std::string operator()(const MemoryMount& memory) const { return format("memory {}", memory.size.value_or(0)); }
    std::string operator()(const FileMount& file) const {
        return format("file {} {:o} {}:{}", file.content, file.mode, file.uid, file.gid);
    }
};
// A line a mount: "/target rw: what it is".
std::string told(const InputMounts& made) {
    std::string text;
    for (const StepMount& mount : made.mounts)
        text += format("{} {}: {}\n", mount.target, mount.access == MountAccess::Writable ? "rw" : "ro", std::visit(Words{}, mount.what));
    return text;
}
std::string host_path(const InputMounts& made, std::size_t at) { return std::get<HostMount>(made.mounts.at(at).what).path; }

std::string error_of(const Result<InputMounts>& made) { return made ? "prepared" : format_error(made.error()); }

// Within a user namespace; the reason why there is none in the same form as a skip.
std::string in_namespace(const std::function<std::string()>& scenario) {
    return in_child([&]() -> std::string {
        const auto ids = enter_user_namespace();
        return ids ? scenario() : "skipped: " + ids.error().message;
    });
}

}  // namespace

TEST_CASE("mounts come in the order written, with the access that they ask for") {
    World world;
    SecretMount file = secret("token");
    file.mode = 0440;
    file.uid = 3;
    file.gid = 4;
    const auto made = world.prepare({{"/memory", TmpfsMount{4096}},
                                     {"/in", LayersInput{{}, "/sub", false}},
                                     {"/run/secrets/token", file},
                                     {"/here", InlineInput{{{"one", "1", 0755}, {"two", "2", 0644}}, true}},
                                     {"/also", InlineInput{{{"three", "3", 0600}}, false}},
                                     {"/out", LayersInput{{}, "/", true}}});
    REQUIRE(made);
    CHECK(told(*made) ==
          "/memory rw: memory 4096\n"
          "/in ro: 0 layers, /sub\n"
          "/run/secrets/token ro: file hunter2 440 3:4\n"
          "/here/one rw: file 1 755 0:0\n"
          "/here/two rw: file 2 644 0:0\n"
          "/also/three ro: file 3 600 0:0\n"
          "/out rw: 0 layers, /\n");
}

TEST_CASE("a secret is a file, a variable or both; the log hides it in any case") {
    World world;
    SecretMount variable = secret("token");
    variable.variable = "PASSWORD";
    SecretMount both = secret("key");
    both.variable = "KEY_OF";
    const auto made = world.prepare({{"", variable}, {"/key", both}});
    REQUIRE(made);
    CHECK(told(*made) == "/key ro: file abc 400 0:0\n");
    CHECK(made->env == std::vector<std::string>{"PASSWORD=hunter2", "KEY_OF=abc"});
    CHECK(made->hidden == std::vector<std::string>{"hunter2", "abc"});
}

TEST_CASE("a secret that nobody gives and nothing requires is not mounted") {
    World world;
    const auto made = world.prepare({{"/none", secret("none")}});
    REQUIRE(made);
    CHECK(told(*made).empty());
    CHECK(made->hidden.empty());
}

TEST_CASE("caches of one key are one folder, of other keys another") {
    World world;
    const auto made = world.prepare({{"/a", cache("a")}, {"/b", cache("b")}, {"/again", cache("a")}});
    REQUIRE(made);
    CHECK(host_path(*made, 0) == host_path(*made, 2));
    CHECK(host_path(*made, 0) != host_path(*made, 1));
    CHECK(made->caches.size() == 2);
    const auto next = world.prepare({{"/elsewhere", cache("a")}});
    REQUIRE(next);
    CHECK(host_path(*next, 0) == host_path(*made, 0));
}

TEST_CASE("caches are taken in the order of their keys, whatever the order of the mounts") {
    World world;
    const auto order = [&](const std::vector<StepInput>& inputs) {
        const auto made = world.prepare(inputs);
        REQUIRE(made);
        std::string paths;
        for (const UsedCache& used : made->used_caches) paths += used.folder + "\n";
        return paths;
    };
    const std::string forward = order({{"/a", cache("a")}, {"/b", cache("b")}, {"/c", cache("c")}});
    CHECK(forward == order({{"/c", cache("c")}, {"/b", cache("b")}, {"/a", cache("a")}}));
    CHECK(forward == order({{"/b", cache("b")}, {"/a", cache("a")}, {"/c", cache("c")}}));
}

TEST_CASE("a cache that is mounted twice is used as its more demanding mount says, and each mount has its own access") {
    World world;
    CacheInput reading = cache("a");
    reading.read_only = true;
    {
        const auto made = world.prepare({{"/read", reading}, {"/write", cache("a", CacheSharing::Locked)}});
        REQUIRE(made);
        CHECK(made->mounts[0].access == MountAccess::ReadOnly);
        CHECK(made->mounts[1].access == MountAccess::Writable);
        REQUIRE(made->used_caches.size() == 1);
        CHECK(made->used_caches[0].access == MountAccess::Writable);
        world.stop.interrupt();  // else it would wait for the locked one
        CHECK(error_of(world.prepare({{"/a", cache("a", CacheSharing::Locked)}})) ==
              "error: interrupted\n  while taking the cache \"a\"\n");
    }
    const auto alone = world.prepare({{"/read", reading}});
    REQUIRE(alone);
    CHECK(alone->used_caches.at(0).access == MountAccess::ReadOnly);
}

TEST_CASE("a private cache that is in use is another folder, and the same one again afterwards") {
    World world;
    std::string first;
    {
        const auto one = world.prepare({{"/a", cache("a", CacheSharing::Private)}});
        const auto two = world.prepare({{"/a", cache("a", CacheSharing::Private)}});
        REQUIRE(one);
        REQUIRE(two);
        first = host_path(*one, 0);
        CHECK(host_path(*two, 0) != first);
    }
    CHECK(host_path(world.prepare({{"/a", cache("a", CacheSharing::Private)}}).value(), 0) == first);
}

TEST_CASE("a cache has the mode that it was made with, and what its users left in it") {
    World world;
    CacheInput made_so = cache("a");
    made_so.mode = 01777;
    const std::string path = host_path(world.prepare({{"/a", made_so}}).value(), 0);
    struct stat facts {};
    REQUIRE(::stat(path.c_str(), &facts) == 0);
    CHECK((facts.st_mode & 07777) == 01777);
    REQUIRE(write_file(path + "/kept", "text"));
    made_so.mode = 0700;
    CHECK(host_path(world.prepare({{"/a", made_so}}).value(), 0) == path);
    REQUIRE(::stat(path.c_str(), &facts) == 0);
    CHECK((facts.st_mode & 07777) == 01777);
    CHECK(read_file(path + "/kept").value() == "text");
}

TEST_CASE("a cache that is to start empty is emptied, once the run says so of its folder") {
    World world;
    const std::string path = host_path(world.prepare({{"/a", cache("a")}}).value(), 0);
    REQUIRE(write_file(path + "/old", "text"));
    std::vector<std::string> asked;
    world.starts_empty = [&](const std::string& instance) {
        asked.push_back(instance);
        return asked.size() == 1;
    };
    CHECK(host_path(world.prepare({{"/a", cache("a")}}).value(), 0) == path);
    CHECK_FALSE(path_exists(path + "/old"));
    REQUIRE(write_file(path + "/new", "text"));
    REQUIRE(world.prepare({{"/a", cache("a")}}));
    CHECK(path_exists(path + "/new"));
    REQUIRE(asked.size() == 2);
    CHECK(asked[0] + "/fs" == path);
    CHECK(asked[1] == asked[0]);
}

TEST_CASE("a cache whose first files are lacking is not made, and says which it is") {
    World world;
    const std::string tar = StepWorld::tar_with("seed", "text");
    CacheInput seeded = cache("a");
    seeded.seed = CacheSeed{Digest::of(tar), {}};
    CHECK(error_of(world.prepare({{"/a", seeded}})) ==
          format("error: the layer {0} is not in the store\n  while reading the layer {0}\n  while taking the cache \"a\"\n",
                 Digest::of(tar).text()));
    CHECK_FALSE(path_exists(format("{}/cache-mounts/{}/0/fs", world.store->root(), seeded.key.hex())));
}

TEST_CASE("a cache starts with the files of its seed, and keeps what became of them") {
    const std::string seen = in_namespace([] {
        World world;
        CacheInput seeded = cache("a");
        seeded.uid = seeded.gid = 0;
        seeded.seed = CacheSeed{world.add_layer(StepWorld::tar_with("seed", "text")), {}};
        const auto made = world.prepare({{"/a", seeded}});
        if (!made) return error_of(made);
        const std::string file = host_path(*made, 0) + "/seed";
        std::string text = read_file(file).value_or("no file") + "\n";
        if (!write_file(file, "changed")) return std::string("not writable");
        const auto again = world.prepare({{"/a", seeded}});
        return text + (again ? read_file(host_path(*again, 0) + "/seed").value_or("no file") : error_of(again));
    });
    if (seen.starts_with("skipped")) MESSAGE(seen);
    else CHECK(seen == "text\nchanged");
}

TEST_CASE("layers of a mount are unpacked, in their order; one that is lacking is a failure with its digest") {
    const std::string seen = in_namespace([] {
        World world;
        const Digest below = world.add_layer(StepWorld::tar_with("a", "below")), above = world.add_layer(StepWorld::tar_with("b", "above"));
        const auto made = world.prepare({{"/in", LayersInput{{below, above}, "/", false}}});
        if (!made) return error_of(made);
        const auto& folders = std::get<LayersMount>(made->mounts.at(0).what).lower_dirs;
        return format("{} {} {}", folders.size(), read_file(folders.at(0) + "/a").value_or("none"),
                      read_file(folders.at(1) + "/b").value_or("none"));
    });
    if (seen.starts_with("skipped")) MESSAGE(seen);
    else CHECK(seen == "2 below above");
    World world;
    CHECK(error_of(world.prepare({{"/in", LayersInput{{Digest::of("gone")}, "/", false}}}))
              .find(format("the layer {} is not in the store", Digest::of("gone").text())) != std::string::npos);
}

TEST_CASE("the first ssh mount is where the command finds its agent, each has a socket of its own while the mounts live") {
    World world;
    const std::string given = world.folder / "agent";
    Fd listener(::socket(AF_UNIX, SOCK_STREAM, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, given.c_str(), given.size() + 1);
    REQUIRE(::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(::listen(listener.get(), 1) == 0);
    world.agents = {{"default", {given}}, {"deploy", {given}}};
    const auto made = world.prepare({{"/run/one", agent("default")}, {"/run/two", agent("deploy")}});
    REQUIRE(made);
    CHECK(made->agent_socket == "/run/one");
    CHECK(made->mounts.at(0).target == "/run/one");
    CHECK(host_path(*made, 0) != host_path(*made, 1));
    for (std::size_t i = 0; i < 2; ++i) {
        struct stat facts {};
        REQUIRE(::stat(host_path(*made, i).c_str(), &facts) == 0);
        CHECK(S_ISSOCK(facts.st_mode));
        CHECK((facts.st_mode & 07777) == 0600);
        CHECK(host_path(*made, i).starts_with(world.scratch));
    }
}

TEST_CASE("an agent that nobody gives and nothing requires is not mounted; one that is gone is a failure") {
    World world;
    const auto made = world.prepare({{"/run/agent", agent("default")}});
    REQUIRE(made);
    CHECK(made->mounts.empty());
    CHECK(made->agent_socket == "/run/agent");  // as BuildKit sets SSH_AUTH_SOCK
    world.agents = {{"default", {world.folder / "gone"}}};
    CHECK_FALSE(world.prepare({{"/run/agent", agent("default")}}));
}

TEST_CASE("made folders are those of the layers that the step says were made, and no others") {
    World world;
    StepRequest request;
    request.layers = {Digest::of("base"), Digest::of("copied")};
    request.made_layers = {Digest::of("base")};
    CHECK(made_folders(request, world.layers) == std::set<std::string>{world.layers.snapshot_store().path(Digest::of("base"))});
}
