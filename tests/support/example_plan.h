// A small plan with one of everything, for tests.
#pragma once

#include "plans/model/action_key.h"
#include "plans/model/plan.h"

namespace mabplan::tests {

inline ActionId add_action(Plan& plan, Work work, const std::string& text) {
    const Digest key = definition_key(plan, work);
    plan.actions.push_back({std::move(work), key, {"Dockerfile", static_cast<std::uint32_t>(plan.actions.size() + 1), "build", text}});
    return {static_cast<std::uint32_t>(plan.actions.size() - 1)};
}

inline Plan example_plan() {
    const Platform arm{"linux", "arm64", {}, {}, {}};
    Plan plan;
    plan.epoch = 315532800;
    plan.registries.push_back({"registry.lan:5000", {"mirror.lan"}, true, {"ca.crt"}});
    plan.contexts.push_back({"context", ".", {"*.o", "!keep.o"}});
    ImageAction image;
    image.name = "base:1";
    image.platform = arm;
    image.location = {ImageLocation::Kind::Layout, "bases/base:1", Digest::of("index"), Digest::of("manifest")};
    image.layers.push_back({{std::string(media_type::kLayerGzip), Digest::of("packed"), 7, {}, {}}, Digest::of("layer")});
    const ActionId base = add_action(plan, image, "FROM base:1");
    RunAction run;
    run.root = base;
    run.argv = {"/bin/sh", "-c", "make"};
    run.env = {"PATH=/bin", "VERSION=1.2"};
    run.cwd = "/src";
    run.user = "nobody";
    run.platform = arm;
    run.network = Network::None;
    const ActionId made = add_action(plan, run, "RUN make");
    CopyAction copy;
    copy.from = RootFiles{made};
    copy.sources = {"/src/app"};
    copy.destination = "/app/";
    copy.chmod = 0755;
    const ActionId copied = add_action(plan, copy, "COPY --from=build /src/app /app/");
    CopyAction local;
    local.root = copied;
    local.from = ContextFiles{{0}, Digest::of("tree")};
    local.sources = {"*.txt"};
    local.destination = "/doc/";
    local.chown = "1:2";
    const ActionId documented = add_action(plan, local, "COPY --chown=1:2 *.txt /doc/");
    const ActionId last = add_action(plan, MakeDirectoryAction{documented, "/work", "nobody"}, "WORKDIR /work");
    Cell cell;
    cell.target = "app";
    cell.platform = cell.root_platform = arm;
    cell.root = last;
    cell.config = R"({"architecture":"arm64","config":{"WorkingDir":"/work"},"os":"linux"})";
    cell.history = {{"COPY /src/app /app/", copied}, {"ENV A=1", {}}, {"COPY *.txt /doc/", documented}, {"WORKDIR /work", last}};
    cell.final_stage = "stage-1";
    Target target{"app", {cell}, {"registry.lan:5000/app:1"}, {{"org.example", "x"}}, {{OutputType::OciLayout, "dist/app", false, Compression::Zstd}}};
    plan.targets.push_back(std::move(target));
    return plan;
}

}  // namespace mabplan::tests
