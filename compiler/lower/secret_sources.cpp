#include "compiler/lower/secret_sources.h"

#include "plans/base/format.h"
#include "plans/base/text.h"

#include <algorithm>

namespace mabplan::compiler {

namespace {

// As compose has it: in a build, the target of a secret is the id that the Dockerfile knows it by.
Status add_secret(const SecretUse& use, const std::vector<SecretSource>& declared, PlanBuilder& plan) {
    const auto source =
        std::find_if(declared.begin(), declared.end(), [&](const SecretSource& candidate) { return candidate.id == use.source; });
    if (source == declared.end())
        return input_error(use.place, format("the secret {} is not declared", quoted(use.source)),
                           "declare it under `secrets:` at the top level");
    if (use.uid || use.gid || use.mode)
        return input_error(use.place, "owner and mode of a secret are said where it is used",
                           "write them in the Dockerfile: RUN --mount=type=secret,uid=…,gid=…,mode=…");
    const std::string& id = use.target.empty() ? use.source : use.target;
    if (!plan.add_secret({id, source->file, source->environment}))
        return input_error(use.place, format("the secret {} comes from two places", quoted(id)),
                           "one plan has one source of an id: compile these targets apart");
    return {};
}

}  // namespace

Status add_secret_sources(const Matrix& matrix, const Build& build, PlanBuilder& plan) {
    for (const SecretUse& use : build.secrets) MABPLAN_CHECK(add_secret(use, matrix.secrets, plan));
    for (const Setting& agent : build.ssh) {
        std::vector<std::string> paths;
        if (!agent.value.empty())
            for (const std::string_view path : split(agent.value, ',')) paths.emplace_back(path);
        if (!plan.add_agent({agent.name, std::move(paths)}))
            return input_error(agent.place, format("the ssh agent {} comes from two places", quoted(agent.name)),
                               "one plan has one source of an id: compile these targets apart");
    }
    return {};
}

}  // namespace mabplan::compiler
