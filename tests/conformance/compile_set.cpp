#include "tests/conformance/compiling.h"
#include "tests/conformance/sets.h"

#include "compiler/dockerfile/duration.h"
#include "compiler/dockerfile/parser.h"
#include "compiler/lower/environment_list.h"
#include "compiler/lower/epoch.h"
#include "compiler/lower/healthcheck_history.h"
#include "compiler/lower/proxy.h"

namespace mabplan::conformance {

namespace {

using namespace mabplan::compiler;

Outcome check_compile(const Json& one) {
    if (one.value("network", false)) return skipped("needs an image of Docker Hub");
    const auto compiled = compile_text(text_of(one, "dockerfile"), text_of(one, "target"), World::Full);
    if (!compiled) return compare_error(one, compiled.error().front().message);
    const Json config = Json::parse(compiled->plan.targets.at(0).cells.at(0).config);
    if (wants_error(one)) return missing_error(config);
    const Json labels = member_of(member_of(config, "config"), "Labels");
    const Json wanted = member_of(one, "labels");
    for (const auto& [name, value] : wanted.items())
        if (member_of(labels, name.c_str()) != value) return compare(wanted, labels);
    return passed();
}

Outcome check_key_value(const Json& one) {
    const auto list = EnvironmentList::verbatim({text_of(one, "text")});
    const std::string name = list.names().at(0);
    return compare({{"name", one.at("name")}, {"value", one.at("value")}}, {{"name", name}, {"value", list.get(name).value_or("")}});
}

Outcome check_env_set(const Json& one) {
    auto list = EnvironmentList::verbatim(one.at("env").get<std::vector<std::string>>());
    list.set(text_of(one, "name"), text_of(one, "value"));
    return compare(one.at("result"), list.entries());
}

Outcome check_proxy(const Json& one) {
    const BuildArguments given = one.at("build_args").get<BuildArguments>();
    const Json settings = read_proxy_settings(given);
    return compare(one.at("proxy"), settings.is_null() ? Json::object() : settings);
}

Outcome check_healthcheck_history(const Json& one) {
    const auto duration = [&](const char* key) { return parse_duration(text_of(one, key)).value_or(std::chrono::nanoseconds{0}); };
    Healthcheck check;
    check.interval = duration("interval");
    check.timeout = duration("timeout");
    check.start_period = duration("start_period");
    check.start_interval = duration("start_interval");
    check.retries = static_cast<int>(find_integer(one, "retries").value_or(0));
    return compare(one.at("history"), healthcheck_history(one.at("test").get<std::vector<std::string>>(), check));
}

Json dump(const Epoch& epoch) {
    if (const auto* seconds = std::get_if<std::int64_t>(&epoch)) return {{"epoch", *seconds}};
    if (const auto* file = std::get_if<FetchAction>(&epoch)) return {{"http_filename", file->name}};
    if (const auto* git = std::get_if<GitAction>(&epoch)) return {{"git", git->remote}};
    return {{"unset", true}};
}

Outcome check_epoch(const Json& one) {
    const std::string text = one.contains("dockerfile") ? text_of(one, "dockerfile") : "FROM scratch";
    const auto dockerfile = parse_dockerfile(std::make_shared<SourceText>("Dockerfile", text));
    if (!dockerfile) return compare_error(one, dockerfile.error().front().message);
    const auto graph = cut_stages(*dockerfile);
    if (!graph) return compare_error(one, graph.error().message);
    WordRules rules;
    rules.escape = dockerfile->escape;
    const auto epoch = text_of(one, "kind") == "epoch-stage" ? epoch_source(graph->stages.front(), *graph, {}, rules)
                                                             : parse_epoch(text_of(one, "value"), *graph, {}, rules);
    if (!epoch) return compare_error(one, epoch.error().message);
    const Json obtained = dump(*epoch);
    if (wants_error(one)) return missing_error(obtained);
    for (const char* key : {"epoch", "unset", "http_filename"})
        if (one.contains(key)) return compare({{key, one.at(key)}}, obtained);
    return passed();
}

}  // namespace

Outcome check_compile_set(const Json& one) {
    const std::string kind = text_of(one, "kind");
    if (kind == "compile") return check_compile(one);
    if (kind == "key-value") return check_key_value(one);
    if (kind == "env-set") return check_env_set(one);
    if (kind == "proxy") return check_proxy(one);
    if (kind == "epoch-value" || kind == "epoch-stage") return check_epoch(one);
    if (kind == "healthcheck-history") return check_healthcheck_history(one);
    if (kind == "platform-defaults") return skipped("the build platform is the host's, always: there is nothing to choose a default for");
    return skipped("unknown kind " + kind);
}

Outcome check_error_lines(const Json& one) {
    const auto compiled = compile_text(text_of(one, "dockerfile"), "", World::Empty);
    std::size_t first = 0;
    std::size_t last = 0;
    if (!compiled) {
        const auto& place = compiled.error().front().place;
        if (!place) return failed("an error without a place: " + compiled.error().front().message);
        first = place->first();
        last = place->last();
    } else {
        // nothing is wrong until it is executed: a failing command is shown by the place that its action comes from
        for (const Action& action : compiled->plan.actions) {
            if (!std::holds_alternative<RunAction>(action.work)) continue;
            first = action.origin.line;
            last = action.origin.last_line;
        }
        if (first == 0) return failed("compiles, and has no command that could fail");
    }
    Json lines = Json::array();
    for (std::size_t line = first; line <= std::max(first, last); ++line) lines.push_back(line);
    return compare(one.at("lines"), lines);
}

}  // namespace mabplan::conformance
