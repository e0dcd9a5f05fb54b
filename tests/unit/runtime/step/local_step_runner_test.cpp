// Steps on this host: what is refused before a sandbox is made needs no namespace; what runs is in a process of its own that has one.
#include "runtime/step/local_step_runner.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/step/input_mounts.h"
#include "runtime/sys/file.h"
#include "runtime/sys/stop.h"
#include "tests/support/busybox.h"
#include "tests/support/in_child.h"
#include "tests/unit/runtime/step/step_world.h"

#include <doctest/doctest.h>

#include <csignal>
#include <filesystem>
#include <fstream>

using namespace mabplan;
using namespace mabplan::runtime;
using namespace mabplan::runtime::tests;

namespace {

const Platform kHere{"linux", "test", {}, {}, {}};  // known to the runner as one that runs natively

struct World : StepWorld {
    Stop stop;
    FakeStepLog log;
    NamespaceIds ids;
    OldCaches old_caches = OldCaches::Used;
    std::string stubs = store->scratch() + "/stubs";
    std::unique_ptr<LocalStepRunner> runner = start();

    // As the next run has it.
    std::unique_ptr<LocalStepRunner> start() {
        auto made = std::make_unique<LocalStepRunner>(
            LocalStepRunner::Host{*store, layers, stubs, {}, networks, stop.fd(), secrets, agents, key_agents, devices, old_caches});
        made->set_ids(ids);
        made->set_platforms({{format_platform(kHere), StepPlatform{}}});
        return made;
    }
    // What came of it: "layer", "exited 3", "error: …".
    std::string tell(const StepRequest& request) {
        const auto result = runner->run(request, log);
        if (!result) return format_error(result.error());
        const auto* failed = std::get_if<StepFailed>(&result->what);
        if (failed == nullptr) return "layer";
        switch (failed->how) {
            case StepFailed::How::Exited: return format("exited {}", failed->code);
            case StepFailed::How::Signalled: return format("signal {}", failed->code);
            case StepFailed::How::TimedOut: return "timed out";
        }
        return "";
    }
    // What steps leave in the scratch folder of the process, beside the stubs.
    std::size_t left() const {
        std::size_t count = 0;
        for (const auto& entry : std::filesystem::directory_iterator(store->scratch()))
            if (entry.path() != stubs) ++count;
        return count;
    }
};

StepRequest request(const std::string& script = "true") {
    StepRequest step;
    step.argv = {"/bin/sh", "-c", script};
    step.env = {"PATH=/bin"};
    step.cwd = "/";
    step.platform = kHere;
    step.network = Network::None;
    step.layer_time = 1'700'000'000;
    return step;
}

// A step on a base with busybox, in a namespace: what the scenario says, or why there is none.
std::string on_busybox(const std::function<std::string(World&, StepRequest)>& scenario) {
    return in_child([&]() -> std::string {
        const auto program = busybox_layer();
        if (!program) return "skipped: no static /bin/busybox (apt-get install busybox-static)";
        const auto ids = enter_user_namespace();
        if (!ids) return "skipped: " + ids.error().message;
        World world;
        world.ids = *ids;
        world.runner = world.start();
        if (Status made = make_stub_layer(world.stubs); !made) return format_error(made.error());
        StepRequest step = request();
        step.layers = {world.add_layer(*program)};
        return scenario(world, std::move(step));
    });
}

void set_script(StepRequest& step, const std::string& script) { step.argv[2] = script; }

bool is_skipped(const std::string& told) {
    if (!told.starts_with("skipped: ")) return false;
    MESSAGE(told);
    return true;
}
void check_told(const std::string& told, const std::string& expected) {
    if (!is_skipped(told)) CHECK(told == expected);
}

CacheInput cache_input() {
    CacheInput cache;
    cache.id = "kept";
    cache.key = Digest::of("kept");
    return cache;
}

}  // namespace

TEST_CASE("a platform that nothing is known of is a fault of ours, one that cannot run here its own refusal") {
    World world;
    StepRequest step = request();
    step.platform = {"linux", "arm64", {}, {}, {}};
    const auto unknown = world.runner->run(step, world.log);
    REQUIRE_FALSE(unknown);
    CHECK(unknown.error().kind == ErrorKind::Internal);
    CHECK(unknown.error().message == "nothing is known of how linux/arm64 runs here");
    StepPlatform refused;
    refused.refusal = Error{ErrorKind::Environment, "no emulator", {}, {}, "install one"};
    world.runner->set_platforms({{"linux/arm64", refused}});
    CHECK(world.tell(step) == "error: no emulator\n  hint: install one\n");
    CHECK(world.left() == 0);
    CHECK(world.runner->host_facts(step.platform).empty());
}

TEST_CASE("a layer that is not there fails the step, and nothing of it stays") {
    World world;
    StepRequest step = request();
    step.layers = {Digest::of("gone")};
    const auto result = world.runner->run(step, world.log);
    REQUIRE_FALSE(result);
    CHECK(result.error().kind == ErrorKind::Verify);
    CHECK(result.error().message == format("the layer {} is not in the store", Digest::of("gone").text()));
    CHECK(world.left() == 0);
}

TEST_CASE("what this host cannot give is said before anything runs, and nothing of the step stays") {
    World world;
    StepRequest device = request();
    device.devices = {{"vendor.com/class=one", false}};
    CHECK(world.tell(device).find("vendor.com/class=one") != std::string::npos);
    StepRequest limit = request();
    limit.ulimits = {{"no-such-limit", 1, 1}};
    CHECK(world.tell(limit).find("no-such-limit") != std::string::npos);
    StepRequest user = request();
    user.user = "no-such-user";
    CHECK(world.tell(user).find("no-such-user") != std::string::npos);
    StepRequest number = request();
    number.user = "7";  // one id is mapped
    const auto refused = world.runner->run(number, world.log);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == ErrorKind::Environment);
    CHECK(world.log.said.empty());
    CHECK(world.left() == 0);
}

TEST_CASE("a step that waits for a cache ends with the run") {
    World world;
    StepRequest step = request();
    CacheInput cache = cache_input();
    cache.sharing = CacheSharing::Locked;
    cache.uid = ::getuid();
    cache.gid = ::getgid();
    step.inputs = {{"/kept", cache}};
    const std::string scratch = world.folder / "other";
    std::filesystem::create_directory(scratch);
    const auto holder =
        prepare_input_mounts(step, {world.layers, world.secrets, world.agents, world.key_agents, world.store->root(), scratch, -1, {}, {}});
    REQUIRE(holder);
    world.stop.give_up();
    CHECK(world.tell(step) == "error: interrupted\n  while taking the cache \"kept\"\n");
    CHECK(world.left() == 0);
}

TEST_CASE("a command that ends well gives its layer, which is unpacked already, and nothing else stays") {
    check_told(on_busybox([](World& world, StepRequest step) -> std::string {
                   set_script(step, "echo said; echo made >/made");
                   const auto result = world.runner->run(step, world.log);
                   if (!result) return format_error(result.error());
                   const auto* layer = std::get_if<StepLayer>(&result->what);
                   if (layer == nullptr) return "failed";
                   const auto folder = world.layers.snapshot(layer->diff_id);
                   if (!folder) return format_error(folder.error());
                   const auto tar = world.layers.open_tar(layer->diff_id);
                   HashingSink hash;
                   if (!tar || !copy_bytes(**tar, hash)) return "no tar";
                   return format("{}{}{} {} {} {}", world.log.said, read_file(*folder + "/made").value_or("none\n"),
                                 hash.count() == layer->bytes, hash.finish() == layer->diff_id, result->emulator, world.left());
               }),
               "said\nmade\ntrue true  0");
}

TEST_CASE("the same step makes the same layer") {
    check_told(on_busybox([](World& world, StepRequest step) -> std::string {
                   set_script(step, "mkdir -p /a/b && echo x >/a/b/c && /bin/busybox ln -s c /a/b/d");
                   const auto one = world.runner->run(step, world.log), two = world.runner->run(step, world.log);
                   return one && two && one->what == two->what && std::holds_alternative<StepLayer>(one->what) ? "same" : "another";
               }),
               "same");
}

TEST_CASE("how a command fails is its result: its exit code, its signal, its time; a program that is not there has 127") {
    check_told(on_busybox([](World& world, StepRequest step) {
                   std::string text;
                   for (const char* script : {"exit 3", "kill -9 $$", "/bin/no-such-program"}) {
                       set_script(step, script);
                       text += world.tell(step) + ", ";
                   }
                   step.argv = {"no-such-program"};
                   text += world.tell(step) + ", ";
                   step.argv = {"/bin/sh", "-c", "sleep 300"};
                   step.timeout_ms = 50;
                   text += world.tell(step);
                   return text + format(", {} left", world.left());
               }),
               format("exited 3, signal {}, exited 127, exited 127, timed out, 0 left", SIGKILL));
}

TEST_CASE("a failure has the end of what the command said, with both streams and without what is secret") {
    check_told(on_busybox([](World& world, StepRequest step) -> std::string {
                   SecretMount secret;
                   secret.id = "token";
                   secret.variable = "PASSWORD";
                   if (!world.secrets.load(secret)) return "the secret is not there";
                   step.inputs = {{"", secret}};
                   set_script(step, "echo first $PASSWORD; echo second >&2; exit 1");
                   const auto result = world.runner->run(step, world.log);
                   if (!result) return format_error(result.error());
                   const auto* failed = std::get_if<StepFailed>(&result->what);
                   if (failed == nullptr) return "no failure";
                   const bool shows = (world.log.said + failed->log_tail).find("hunter2") != std::string::npos;
                   const bool has_both =
                       failed->log_tail.find("first ") != std::string::npos && failed->log_tail.find("second\n") != std::string::npos;
                   return format("secret {}, both {}", shows, has_both);
               }),
               "secret false, both true");
}

TEST_CASE("a step that is stopped is an interrupt, whatever it was at, and nothing of it stays") {
    check_told(on_busybox([](World& world, StepRequest step) {
                   set_script(step, "sleep 300");
                   world.stop.give_up();
                   const std::string told = world.tell(step);
                   return told + format("{} left", world.left());
               }),
               "error: interrupted\n0 left");
}

TEST_CASE("a command that fails leaves what it wrote to a cache, and nothing of its layer") {
    check_told(on_busybox([](World& world, StepRequest step) {
                   step.inputs = {{"/kept", cache_input()}};
                   set_script(step, "echo x >/kept/file; echo x >/made; exit 1");
                   std::string text = world.tell(step) + ", ";
                   set_script(step, "test -e /kept/file && test ! -e /made");
                   return text + world.tell(step);
               }),
               "exited 1, layer");
}

TEST_CASE("a run that starts with empty caches empties each once, however many of its steps use it") {
    check_told(on_busybox([](World& world, StepRequest step) {
                   step.inputs = {{"/kept", cache_input()}};
                   set_script(step, "echo x >/kept/old");
                   std::string text = world.tell(step) + ", ";
                   world.old_caches = OldCaches::StartEmpty;
                   world.runner = world.start();
                   set_script(step, "test ! -e /kept/old && echo x >/kept/new");
                   text += world.tell(step) + ", ";
                   set_script(step, "test -e /kept/new");
                   return text + world.tell(step);
               }),
               "layer, layer, layer");
}

TEST_CASE("what is mounted is as writable as it was asked for, and is in no layer") {
    check_told(on_busybox([](World& world, StepRequest step) -> std::string {
                   const Digest files = world.add_layer(StepWorld::tar_with("given", "text"));
                   step.inputs = {{"/ro", LayersInput{{files}, "/", false}},
                                  {"/rw", LayersInput{{files}, "/", true}},
                                  {"/here", InlineInput{{{"script", "echo x", 0755}}, false}},
                                  {"/memory", TmpfsMount{}}};
                   set_script(step,
                              "test -e /ro/given && ! echo x 2>/dev/null >/ro/new && echo x >/rw/new && test -x /here/script && "
                              "! echo x 2>/dev/null >/here/script && echo x >/memory/new && echo x >/made");
                   const auto result = world.runner->run(step, world.log);
                   if (!result) return format_error(result.error());
                   const auto* layer = std::get_if<StepLayer>(&result->what);
                   if (layer == nullptr) return "failed: " + world.log.said;
                   const auto folder = world.layers.snapshot(layer->diff_id);
                   if (!folder) return format_error(folder.error());
                   std::vector<std::string> names;
                   for (const auto& entry : std::filesystem::recursive_directory_iterator(*folder))
                       names.push_back(entry.path().filename());
                   return format("{}", join(names, " "));
               }),
               "made");
}

TEST_CASE("a source that is not in the layers of a mount fails the step") {
    const std::string told = on_busybox([](World& world, StepRequest step) {
        step.inputs = {{"/in", LayersInput{{world.add_layer(StepWorld::tar_with("given", "text"))}, "/no-such-path", false}}};
        const std::string ended = world.tell(step);
        return ended + format("{} left", world.left());
    });
    if (is_skipped(told)) return;
    CHECK(told.starts_with("error: "));
    CHECK(told.find("what is to be mounted at \"/in\": No such file or directory") != std::string::npos);
    CHECK(told.ends_with("\n0 left"));
}

TEST_CASE("an optional device that nothing has is told of, and the command goes on") {
    check_told(on_busybox([](World& world, StepRequest step) {
                   step.devices = {{"vendor.com/class=one", true}};
                   const std::string told = world.tell(step);
                   return told + format(", {}", join(world.log.notes, "; "));
               }),
               "layer, goes without the device vendor.com/class=one, which this host has not");
}

TEST_CASE("a damaged base is found before the command sees it") {
    const std::string told = on_busybox([](World& world, StepRequest step) {
        std::ofstream(world.store->blobs().path(step.layers[0]), std::ios::app | std::ios::binary) << "x";
        return world.tell(step);
    });
    if (is_skipped(told)) return;
    CHECK(told.starts_with("error: "));
    CHECK(told.find("layer") != std::string::npos);
}
