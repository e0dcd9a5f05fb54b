#include "tools/mabplan/past_runs.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/sys/byte_stream.h"
#include "runtime/sys/file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

namespace mabplan::tools {

namespace {

constexpr std::uint64_t kMostLog = 1U << 30U;  // bytes
constexpr std::size_t kPiece = 64U << 10U;
constexpr std::size_t kLongestFirst = 16U << 20U;

std::string piece_of(int file, std::uint64_t start, std::size_t most) {
    std::string bytes(most, '\0');
    const ssize_t count = ::pread(file, bytes.data(), most, static_cast<off_t>(start));
    bytes.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    return bytes;
}

Json parsed(std::string_view line) { return parse_json(line, "a line of the log").value_or(Json()); }

// Of a whole line; longer ones are those of a failure with the end of its log, and no last line.
std::string last_line(int file, std::uint64_t size) {
    const std::uint64_t start = size > kPiece ? size - kPiece : 0;
    std::string tail = piece_of(file, start, kPiece);
    if (!tail.ends_with('\n')) return {};
    tail.pop_back();
    const std::size_t at = tail.rfind('\n');
    return at == std::string::npos ? (start == 0 ? tail : std::string()) : tail.substr(at + 1);
}

std::vector<std::string> strings_in(const Json& object, const char* key) {
    std::vector<std::string> texts;
    const Json* found = find_member(object, key);
    if (found != nullptr && found->is_array())
        for (const Json& each : *found)
            if (each.is_string()) texts.push_back(each.get<std::string>());
    return texts;
}

void add_end(const Json& end, RunSummary& summary) {
    summary.how = find_string(end, "how").value_or("unreadable");
    const Json* seconds = find_member(end, "seconds");
    summary.seconds = seconds != nullptr && seconds->is_number() ? seconds->get<double>() : 0;
    summary.cached = find_integer(end, "cached").value_or(0);
    summary.executed = find_integer(end, "executed").value_or(0);
    summary.emulated = find_integer(end, "emulated").value_or(0);
    summary.failed = find_integer(end, "failed").value_or(0);
    if (const Json* error = find_member(end, "error")) summary.error = find_string(*error, "message").value_or("");
}

}  // namespace

RunSummary summarize_run(const runtime::RunHistory& history, const runtime::PastRun& run) {
    RunSummary summary;
    summary.id = run.id;
    summary.how = "unreadable";
    const runtime::Fd file(::open(history.path(run.id).c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.valid()) return summary;
    std::string begin = piece_of(file.get(), 0, kPiece);
    if (begin.find('\n') == std::string::npos) begin = piece_of(file.get(), 0, kLongestFirst);  // of very many targets
    const Json first = parsed(std::string_view(begin).substr(0, begin.find('\n')));
    if (find_string(first, "schema") != "mabplan-history-1") return summary;
    summary.verb = find_string(first, "verb").value_or("");
    summary.project = find_string(first, "project").value_or("");
    summary.targets = strings_in(first, "targets");
    summary.platforms = strings_in(first, "platforms");
    summary.began = find_integer(first, "began").value_or(0);
    const Json last = parsed(last_line(file.get(), run.bytes));
    if (find_string(last, "type") == "run-ended") add_end(last, summary);
    else summary.how = run.goes_on ? "running" : "killed";
    return summary;
}

Result<std::vector<RunSummary>> summarize_runs(const runtime::RunHistory& history) {
    MABPLAN_TRY(runs, history.list());
    std::vector<RunSummary> summaries;
    for (const runtime::PastRun& run : runs) summaries.push_back(summarize_run(history, run));
    return summaries;
}

OrderedJson summary_json(const RunSummary& run) {
    OrderedJson out{{"id", run.id},
                    {"verb", run.verb},
                    {"project", run.project},
                    {"targets", run.targets},
                    {"platforms", run.platforms},
                    {"began", run.began},
                    {"how", run.how},
                    {"seconds", run.seconds},
                    {"cached", run.cached},
                    {"executed", run.executed},
                    {"emulated", run.emulated},
                    {"failed", run.failed}};
    if (!run.error.empty()) out["error"] = run.error;
    return out;
}

Result<runtime::PastRun> find_run(const runtime::RunHistory& history, const std::string& word) {
    MABPLAN_TRY(runs, history.list());
    if (word.empty() && !runs.empty()) return runs.front();
    std::vector<runtime::PastRun> found;
    std::copy_if(runs.begin(), runs.end(), std::back_inserter(found),
                 [&](const runtime::PastRun& run) { return run.id.starts_with(word); });
    const char* hint = "`mabplan history ls` lists the runs that are kept";
    if (runs.empty()) return fail(ErrorKind::Input, "no run is kept in this store");
    if (found.empty()) return fail(ErrorKind::Input, format("no run {} is kept", quoted(word)), hint);
    if (found.size() > 1)
        return fail(ErrorKind::Input,
                    format("{} begins the names of {} runs, {} and {} among them", quoted(word), found.size(), found[0].id, found[1].id),
                    hint);
    return found.front();
}

bool mentions(const runtime::RunHistory& history, const std::string& id, const std::vector<std::string>& texts) {
    const auto log = runtime::read_file(history.path(id), kMostLog);
    return log && std::any_of(texts.begin(), texts.end(), [&](const std::string& text) { return log->find(text) != std::string::npos; });
}

Status each_event(const runtime::RunHistory& history, const std::string& id, const std::function<bool(const Json& event)>& event) {
    MABPLAN_TRY(text, runtime::read_file(history.path(id), kMostLog));
    std::string_view rest = text;
    rest.remove_prefix(std::min(rest.size(), rest.find('\n') + 1));
    for (const std::string_view line : split(rest, '\n')) {
        const Json one = parsed(line);
        if (one.is_object() && !event(one)) break;
    }
    return {};
}

}  // namespace mabplan::tools
