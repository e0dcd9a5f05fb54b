// history ls, show, logs, rm: what runs did.
#include "plans/base/format.h"
#include "plans/base/rfc3339.h"
#include "plans/base/text.h"
#include "runtime/log/styled_text.h"
#include "runtime/sys/wall_clock.h"
#include "tools/mabplan/amounts.h"
#include "tools/mabplan/error_report.h"
#include "tools/mabplan/past_runs.h"
#include "tools/mabplan/process.h"
#include "tools/mabplan/standard_output.h"
#include "tools/mabplan/verbs.h"
#include "tools/terminal/durations.h"
#include "tools/terminal/table.h"

#include <map>

namespace mabplan::tools {

namespace {

Result<runtime::RunHistory> open_history(const CommonOptions& common) {
    MABPLAN_CHECK(change_directory(common.directory));
    MABPLAN_TRY(folder, store_folder(common));
    return runtime::RunHistory(folder);
}

std::string steps_of(const RunSummary& run) {
    std::string text = format("{} executed, {} cached", run.executed, run.cached);
    if (run.failed > 0) text += format(", {} failed", run.failed);
    return text;
}

Status list(const HistoryOptions& options) {
    MABPLAN_TRY(history, open_history(options.common));
    MABPLAN_TRY(runs, summarize_runs(history));
    if (options.common.json) {
        OrderedJson out = OrderedJson::array();
        for (const RunSummary& run : runs) out.push_back(summary_json(run));
        put_out(dump_json_pretty(OrderedJson{{"schema", "mabplan-runs-1"}, {"runs", std::move(out)}}));
        return {};
    }
    Table table({{"run"}, {"began"}, {"took", Align::Right}, {"end"}, {"steps"}, {"targets"}, {"project"}});
    const std::int64_t now = runtime::host_clock().seconds();
    for (const RunSummary& run : runs)
        table.add(
            {run.id, age_text(now - run.began) + " ago", tenths(run.seconds), run.how, steps_of(run), join(run.targets, " "), run.project});
    put_out(table.text(width_of_standard_output()));
    return {};
}

// "linux/arm64 build Dockerfile:3 RUN make": of the events of an action that have all its fields.
std::string title_of(const Json& action) {
    const auto text = [&](const char* key) { return find_string(action, key).value_or(""); };
    std::vector<std::string> words;
    for (const char* key : {"platform", "stage"})
        if (!text(key).empty()) words.push_back(text(key));
    words.push_back(format("{}:{}", text("dockerfile"), find_integer(action, "line").value_or(0)));
    if (!text("text").empty()) words.push_back(text("text"));
    return runtime::as_one_line(join(words, " "));
}

double number_in(const Json& event, const char* key) {
    const Json* found = find_member(event, key);
    return found != nullptr && found->is_number() ? found->get<double>() : 0;
}

std::string text_of(const Json& event) {
    const std::string type = find_string(event, "type").value_or("");
    const Json* action = find_member(event, "action");
    const Json* error = find_member(event, "error");
    if (type == "finished" && action != nullptr)
        return format("{:>8}  {}  ({})\n", tenths(number_in(event, "seconds")), title_of(*action), find_string(event, "how").value_or(""));
    if (type == "failed" && action != nullptr && error != nullptr) {
        std::string text = format("{:>8}  {}\n          failed: {}\n", tenths(number_in(event, "seconds")), title_of(*action),
                                  runtime::as_one_line(find_string(*error, "message").value_or("")));
        if (const auto detail = find_string(*error, "detail"))
            for (const std::string_view line : split(trim(*detail), '\n')) text += format("            {}\n", runtime::as_one_line(line));
        return text;
    }
    if (type == "noted" && action != nullptr)
        return format("note      {}: {}\n", title_of(*action), runtime::as_one_line(find_string(event, "text").value_or("")));
    if (type == "warned") return format("warning   {}\n", runtime::as_one_line(find_string(event, "text").value_or("")));
    if (type == "exported")
        return format("output    {} {} -> {}\n", find_string(event, "target").value_or(""), find_string(event, "digest").value_or("files"),
                      runtime::as_one_line(find_string(event, "destination").value_or("")));
    return {};
}

std::string head_of(const RunSummary& run) {
    std::string text =
        format("run       {}\nproject   {}\ntargets   {}\nplatforms {}\nbegan     {}\ntook      {}\nend       {}\nsteps     {}\n", run.id,
               run.project, join(run.targets, ", "), join(run.platforms, ", "), format_rfc3339(run.began), tenths(run.seconds), run.how,
               steps_of(run));
    if (run.emulated > 0) text += format("emulated  {}\n", run.emulated);
    if (!run.error.empty()) text += format("error     {}\n", runtime::as_one_line(run.error));
    return text;
}

Status show(const HistoryOptions& options) {
    MABPLAN_TRY(history, open_history(options.common));
    MABPLAN_TRY(run, find_run(history, options.runs.empty() ? std::string() : options.runs.front()));
    const RunSummary summary = summarize_run(history, run);
    if (options.common.json) {
        OrderedJson out = summary_json(summary);
        OrderedJson events = OrderedJson::array();
        MABPLAN_CHECK(each_event(history, run.id, [&](const Json& event) {
            events.push_back(OrderedJson(event));
            return true;
        }));
        out["events"] = std::move(events);
        put_out(dump_json_pretty(OrderedJson{{"schema", "mabplan-run-1"}, {"run", std::move(out)}}));
        return {};
    }
    put_out(head_of(summary));
    return each_event(history, run.id, [](const Json& event) {
        put_out(text_of(event));
        return true;
    });
}

// The output of each step by itself, in the order in which they began.
Status logs(const HistoryOptions& options) {
    MABPLAN_TRY(history, open_history(options.common));
    MABPLAN_TRY(run, find_run(history, options.runs.empty() ? std::string() : options.runs.front()));
    std::map<std::int64_t, std::string> titles, outputs;
    std::vector<std::int64_t> order;
    MABPLAN_CHECK(each_event(history, run.id, [&](const Json& event) {
        const std::string type = find_string(event, "type").value_or("");
        const Json* action = find_member(event, "action");
        if (action == nullptr) return true;
        const std::int64_t index = find_integer(*action, "index").value_or(-1);
        if (type == "started" && titles.emplace(index, title_of(*action)).second) order.push_back(index);
        if (type == "said") outputs[index] += find_string(event, "text").value_or("");
        if (type == "unsaid" && !outputs[index].ends_with("[more was not kept]\n")) outputs[index] += "[more was not kept]\n";
        return true;
    }));
    if (options.common.json) {
        OrderedJson steps = OrderedJson::array();
        for (const std::int64_t index : order)
            if (!outputs[index].empty()) steps.push_back({{"step", titles[index]}, {"output", outputs[index]}});
        put_out(dump_json_pretty(OrderedJson{{"schema", "mabplan-run-logs-1"}, {"run", run.id}, {"steps", std::move(steps)}}));
        return {};
    }
    for (const std::int64_t index : order) {
        std::string& output = outputs[index];
        if (output.empty()) continue;
        if (!output.ends_with('\n')) output += '\n';
        put_out(format("== {}\n", titles[index]));
        for (const std::string_view line : split(std::string_view(output).substr(0, output.size() - 1), '\n'))
            put_out(runtime::as_one_line(line.substr(line.rfind('\r') == std::string_view::npos ? 0 : line.rfind('\r') + 1)) + "\n");
    }
    return {};
}

Status remove(const HistoryOptions& options) {
    MABPLAN_TRY(history, open_history(options.common));
    if (options.runs.empty() && !options.all) return fail(ErrorKind::Input, "which run?", "name runs, or --all");
    std::size_t removed = 0;
    if (options.all) {
        MABPLAN_TRY(runs, history.list());
        for (const runtime::PastRun& run : runs) {
            if (run.goes_on) continue;
            MABPLAN_CHECK(history.remove(run.id));
            ++removed;
        }
    }
    for (const std::string& word : options.runs) {
        MABPLAN_TRY(run, find_run(history, word));
        MABPLAN_CHECK(history.remove(run.id));
        ++removed;
    }
    if (options.common.json) put_out(dump_json_pretty(OrderedJson{{"schema", "mabplan-runs-removed-1"}, {"removed", removed}}));
    else put_out(format("removed {} {}\n", removed, removed == 1 ? "run" : "runs"));
    return {};
}

}  // namespace

int history_verb(const HistoryOptions& options) {
    using What = HistoryOptions::What;
    const auto act = [&]() -> Status {
        switch (options.what) {
            case What::List: return list(options);
            case What::Show: return show(options);
            case What::Logs: return logs(options);
            case What::Remove: break;
        }
        return remove(options);
    };
    const Status done = act();
    return done ? 0 : report(done.error());
}

}  // namespace mabplan::tools
