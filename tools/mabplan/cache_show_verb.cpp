// cache show: all that is known of one result, layer or blob.
#include "plans/base/format.h"
#include "plans/base/rfc3339.h"
#include "plans/base/text.h"
#include "runtime/log/styled_text.h"
#include "runtime/sandbox/user_namespace.h"
#include "tools/mabplan/error_report.h"
#include "tools/mabplan/past_runs.h"
#include "tools/mabplan/process.h"
#include "tools/mabplan/standard_output.h"
#include "tools/mabplan/stored_results.h"
#include "tools/mabplan/verbs.h"
#include "tools/terminal/durations.h"

#include <algorithm>
#include <deque>
#include <optional>
#include <set>

namespace mabplan::tools {

namespace {

constexpr std::size_t kLogLines = 20;     // that are shown
constexpr std::size_t kFewestDigits = 4;  // of a name

// What a run said while it executed something.
struct KeptLog {
    std::string run;
    double seconds = 0;
    std::string how;
    std::string output;
};

// Of the last run that executed what has the key or made the layer.
Result<std::optional<KeptLog>> find_log(const runtime::RunHistory& history, const runtime::ResultRow& row) {
    MABPLAN_TRY(runs, history.list());
    for (const runtime::PastRun& run : runs) {
        if (!mentions(history, run.id, {row.key.text(), row.result.diff_id.text()})) continue;
        std::optional<KeptLog> log;
        std::int64_t index = -1;
        MABPLAN_CHECK(each_event(history, run.id, [&](const Json& event) {
            const Json* action = find_member(event, "action");
            const auto how = find_string(event, "how");
            if (find_string(event, "type") != "finished" || action == nullptr || (how != "native" && how != "emulated")) return true;
            if (find_string(*action, "key") != row.key.text() && find_string(event, "diff_id") != row.result.diff_id.text()) return true;
            const Json* seconds = find_member(event, "seconds");
            log = KeptLog{run.id, seconds != nullptr && seconds->is_number() ? seconds->get<double>() : 0, *how, {}};
            index = find_integer(*action, "index").value_or(-1);
            return false;
        }));
        if (!log) continue;
        MABPLAN_CHECK(each_event(history, run.id, [&](const Json& event) {
            const Json* action = find_member(event, "action");
            if (find_string(event, "type") == "said" && action != nullptr && find_integer(*action, "index") == index)
                log->output += find_string(event, "text").value_or("");
            return true;
        }));
        return log;
    }
    return std::optional<KeptLog>();
}

struct Form {
    std::string name;
    Digest digest;
    std::uint64_t bytes = 0;
};

// In which forms the store has a layer.
Result<std::vector<Form>> forms_of(runtime::Store& store, const Digest& diff_id) {
    std::vector<Form> forms;
    const auto size_of = [](const std::string& path) { return runtime::disk_use(path).bytes; };
    if (const auto bytes = size_of(store.blobs().path(diff_id)); bytes > 0) forms.push_back({"tar", diff_id, bytes});
    if (const auto bytes = size_of(format("{}/{}", store.snapshots(), diff_id.hex())); bytes > 0)
        forms.push_back({"unpacked", diff_id, bytes});
    MABPLAN_TRY(packed, store.records().packed_forms(diff_id));
    for (const auto& [codec, layer] : packed)
        if (const auto bytes = size_of(store.blobs().path(layer.digest)); bytes > 0) forms.push_back({codec, layer.digest, bytes});
    return forms;
}

// All that is known of a result.
struct Known {
    const StoredResult& result;
    runtime::Explanation why;
    std::vector<LeftOut> left_out;
    std::vector<Form> forms;
    std::optional<std::vector<ProgramFound>> programs;
    std::optional<KeptLog> log;
};

void print_head(const StoredResult& result) {
    const runtime::ResultRow& row = result.row;
    const bool by_definition = row.kind == runtime::KeyKind::Definition;
    put_out(format("what      {}\nkey       {} ({})\n", runtime::as_one_line(row.origin), row.key.text(),
                   by_definition ? "of the definition" : "of what it really reads"));
    put_out(format("made      {}\nused      {}{}\n", format_rfc3339(row.made), format_rfc3339(row.used),
                   result.in_use ? ", and in use now" : ""));
    put_out(
        format("took      {}{}\n", tenths(row.result.seconds), row.result.emulator.empty() ? "" : ", emulated by " + row.result.emulator));
    for (const InstructionId& id : result.instructions)
        put_out(
            format("for       {} {} {}, {} {} of the stage\n", id.target, format_platform(id.platform), id.stage, id.kind, id.ordinal + 1));
}

void print_layer(const Known& known) {
    const runtime::ActionResult& made = known.result.row.result;
    put_out(format("layer     {}, {}\n", made.diff_id.text(), format_bytes(made.bytes)));
    for (const Form& form : known.forms)
        put_out(format("stored    {} {}, {}\n", form.digest.short_hex(), form.name, format_bytes(form.bytes)));
    if (known.forms.empty()) put_out("stored    no more: it is made again when it is needed\n");
    for (const ProgramFound& program : known.programs.value_or(std::vector<ProgramFound>()))
        put_out(format("program   {} {}\n", program.architecture, runtime::as_one_line(program.path)));
    for (const LeftOut& file : known.left_out) put_out(format("left out  {} ({})\n", runtime::as_one_line(file.path), file.what));
}

void print_log(const std::optional<KeptLog>& log) {
    if (!log) return put_out("log       of no run that is kept\n");
    put_out(format("log       of the run {} ({}, {})\n", log->run, log->how, tenths(log->seconds)));
    const auto lines = split(trim(log->output), '\n');
    const std::size_t first = lines.size() > kLogLines ? lines.size() - kLogLines : 0;
    if (first > 0) put_out(format("  [{} lines before; `mabplan history logs` has all]\n", first));
    for (std::size_t i = first; i < lines.size(); ++i) put_out(format("  {}\n", runtime::as_one_line(lines[i])));
}

void print(const Known& known) {
    print_head(known.result);
    print_layer(known);
    put_out("inputs\n");
    for (const KeyField& field : known.why.fields) put_out(format("  {}: {}\n", field.tag, runtime::as_one_line(field.value)));
    print_log(known.log);
}

OrderedJson head_json(const StoredResult& result) {
    const runtime::ResultRow& row = result.row;
    OrderedJson out{{"schema", "mabplan-cache-entry-1"}, {"what", "result"}, {"key", row.key.text()}};
    out["kind"] = runtime::key_kind_name(row.kind);
    out["origin"] = row.origin;
    out["made"] = row.made;
    out["used"] = row.used;
    out["in_use"] = result.in_use;
    out["seconds"] = row.result.seconds;
    out["emulator"] = row.result.emulator;
    out["layer"] = row.result.diff_id.text();
    out["bytes"] = row.result.bytes;
    out["instructions"] = instructions_json(result.instructions);
    return out;
}

template <class Values, class Make>
OrderedJson array_of(const Values& values, const Make& make) {
    OrderedJson out = OrderedJson::array();
    for (const auto& value : values) out.push_back(make(value));
    return out;
}

void print_json(const Known& known) {
    OrderedJson out = head_json(known.result);
    out["stored"] = array_of(known.forms, [](const Form& form) {
        return OrderedJson{{"form", form.name}, {"digest", form.digest.text()}, {"bytes", form.bytes}};
    });
    out["programs"] = array_of(known.programs.value_or(std::vector<ProgramFound>()), [](const ProgramFound& program) {
        return OrderedJson{{"architecture", program.architecture}, {"path", program.path}};
    });
    out["left_out"] = array_of(known.left_out, [](const LeftOut& file) { return OrderedJson{{"path", file.path}, {"what", file.what}}; });
    out["inputs"] = array_of(known.why.fields, [](const KeyField& field) {
        return OrderedJson{{"field", field.tag}, {"value", field.value}};
    });
    if (known.log)
        out["log"] = {{"run", known.log->run}, {"how", known.log->how}, {"seconds", known.log->seconds}, {"output", known.log->output}};
    put_out(dump_json_pretty(out));
}

class Shown {
public:
    Shown(runtime::Store& store, bool json) : store_(store), json_(json) {}

    Status result(const StoredResult& result) {
        const runtime::ResultRow& row = result.row;
        Known known{result, {}, {}, {}, {}, {}};
        MABPLAN_TRY(why, store_.records().explanation(row.key));
        known.why = std::move(why);
        MABPLAN_TRY(left_out, store_.records().left_out(row.key));
        known.left_out = std::move(left_out);
        MABPLAN_TRY(forms, forms_of(store_, row.result.diff_id));
        known.forms = std::move(forms);
        MABPLAN_TRY(programs, store_.records().find_programs(row.result.diff_id));
        known.programs = std::move(programs);
        MABPLAN_TRY(log, find_log(runtime::RunHistory(store_.root()), row));
        known.log = std::move(log);
        json_ ? print_json(known) : print(known);
        return {};
    }

    void item(const runtime::StoredItem& item) const {
        const char* kind = item.kind == runtime::ItemKind::Blob ? "blob" : "unpacked layer";
        if (json_)
            put_out(dump_json_pretty(OrderedJson{{"schema", "mabplan-cache-entry-1"},
                                                 {"what", kind},
                                                 {"digest", item.digest.text()},
                                                 {"bytes", item.bytes},
                                                 {"used", item.used},
                                                 {"path", item.path}}));
        else
            put_out(
                format("what      {}: of a base, a document, a packed layer or a file from elsewhere\ndigest    {}\nsize      {}\nused     "
                       " {}\nfile      {}\n",
                       kind, item.digest.text(), format_bytes(item.bytes), format_rfc3339(item.used), item.path));
    }

private:
    runtime::Store& store_;
    bool json_;
};

// What a word names: a result by its key, a layer or a blob by its digest.
class Lookup {
public:
    Lookup(const std::vector<StoredResult>& results, const std::vector<runtime::StoredItem>& items, std::string hex)
        : results_(results), items_(items), hex_(std::move(hex)) {
        for (const StoredResult& result : results_)
            for (const Digest& digest : {result.row.key, result.row.result.diff_id}) see(digest);
        for (const runtime::StoredItem& item : items_)
            if (item.kind != runtime::ItemKind::CacheMount) see(item.digest);
    }
    const std::set<Digest>& found() const { return found_; }

    Status show(const Digest& digest, Shown& shown) const {
        std::vector<const StoredResult*> by_key, by_layer;
        for (const StoredResult& result : results_) {
            if (result.row.key == digest) by_key.push_back(&result);
            if (result.row.result.diff_id == digest) by_layer.push_back(&result);
        }
        if (!by_key.empty()) return shown.result(*by_key.front());
        if (!by_layer.empty()) return shown.result(*by_layer.front());  // of those that made the layer the last used
        for (const runtime::StoredItem& item : items_)
            if (item.digest == digest) {
                shown.item(item);
                break;
            }
        return {};
    }

private:
    void see(const Digest& digest) {
        if (digest.hex().starts_with(hex_)) found_.insert(digest);
    }

    const std::vector<StoredResult>& results_;
    const std::vector<runtime::StoredItem>& items_;
    std::string hex_;
    std::set<Digest> found_;
};

Status show(const CacheShowOptions& options) {
    MABPLAN_CHECK(change_directory(options.common.directory));
    const std::string hex = to_lower(options.key.starts_with("sha256:") ? options.key.substr(7) : options.key);
    if (hex.size() < kFewestDigits || hex.find_first_not_of("0123456789abcdef") != std::string::npos)
        return fail(ErrorKind::Input, format("{} is no key: expected at least {} hexadecimal digits", quoted(options.key), kFewestDigits),
                    "`mabplan cache ls` lists keys and layers");
    MABPLAN_TRY(store, open_store(options.common));
    MABPLAN_TRY(results, stored_results(*store, Contents::Listed));
    static_cast<void>(runtime::enter_user_namespace());
    MABPLAN_TRY(usage, runtime::measure_store(*store, runtime::Sizes::Remembered));
    const Lookup lookup(results, usage.items, hex);
    if (lookup.found().empty())
        return fail(ErrorKind::Input, format("nothing in the store has the key {}", quoted(options.key)),
                    "`mabplan cache ls` lists keys and layers");
    if (lookup.found().size() > 1) {
        std::vector<std::string> names;
        for (const Digest& digest : lookup.found()) names.push_back(digest.hex().substr(0, std::max<std::size_t>(12, hex.size() + 4)));
        return fail(ErrorKind::Input, format("{} begins {} keys and digests: {}", quoted(options.key), names.size(), join(names, ", ")),
                    "add more digits");
    }
    Shown shown(*store, options.common.json);
    return lookup.show(*lookup.found().begin(), shown);
}

}  // namespace

int cache_show_verb(const CacheShowOptions& options) {
    const Status done = show(options);
    return done ? 0 : report(done.error());
}

}  // namespace mabplan::tools
