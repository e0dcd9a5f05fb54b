// A step with one of everything, and results, for tests.
#pragma once

#include "plans/model/step.h"

namespace mabplan::tests {

inline std::vector<StepInput> example_inputs() {
    CacheInput cache;
    cache.id = "/root/.cache";
    cache.key = Digest::of("cache key");
    cache.about = "linux/arm64 /root/.cache";
    cache.sharing = CacheSharing::Locked;
    cache.seed = CacheSeed{Digest::of("seed"), {Digest::of("base")}};
    SecretMount token;
    token.id = "token";
    token.variable = "TOKEN";
    token.required = true;
    SshMount agent;
    agent.id = "default";
    return {{"/src", LayersInput{{Digest::of("context")}, "/", true}},
            {"/tmp/here", InlineInput{{{"script", "echo odd\xff\n", 0755}}, false}},
            {"/root/.cache", cache},
            {"/tmp/memory", TmpfsMount{1024}},
            {"", token},
            {"/run/buildkit/ssh_agent.0", agent}};
}

inline StepRequest example_step() {
    StepRequest step;
    step.stage = "build";
    step.text = "RUN make";
    step.layers = {Digest::of("base"), Digest::of("copied")};
    step.argv = {"/bin/sh", "-c", "make"};
    step.env = {"PATH=/bin", "VERSION=1.2"};
    step.proxy = {"HTTP_PROXY=http://proxy.lan"};
    step.cwd = "/src";
    step.user = "nobody";
    step.hostname = "builder";
    step.platform = {"linux", "arm64", {}, {}, {}};
    step.network = Network::None;
    step.epoch = 1'700'000'000;
    step.layer_time = 1'700'000'002;
    step.inputs = example_inputs();
    step.made_layers = {Digest::of("base")};
    step.extra_hosts = {{"db.lan", "10.0.0.7"}};
    step.ulimits = {{"nofile", 1024, -1}};
    step.devices = {{"vendor.com/class=one", true}};
    step.timeout_ms = 600000;
    return step;
}

inline StepResult example_result() {
    StepLayer layer;
    layer.diff_id = Digest::of("made");
    layer.bytes = 10240;
    layer.left_out = {{"/var/log/dpkg.log", "log of dpkg"}};
    layer.programs = {{"arm64", "/src/app"}};
    layer.baked_in = {{"key", "/root/.ssh/id"}};
    return {layer, 1.5, 0.25, "qemu-aarch64-static (7.2), cpu neoverse-n1"};
}

inline StepResult failing_result(int code) { return {StepFailed{StepFailed::How::Exited, code, "no rule\n", {}}, 0.5, 0, {}}; }

}  // namespace mabplan::tests
