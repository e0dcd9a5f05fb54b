#include "tools/mabplan/event_json.h"

#include "plans/base/json.h"
#include "plans/base/text.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

namespace mabplan::tools {

namespace {

enum class Fields { Few, All };  // of an action: where it is named again and again, its text and key are left out

// To the millisecond.
double rounded(double seconds) { return std::round(seconds * 1000) / 1000; }

std::string_view how_name(runtime::HowDone how) {
    switch (how) {
        case runtime::HowDone::CachedDefinition: return "cached";
        case runtime::HowDone::CachedContent: return "cached-content";
        case runtime::HowDone::Native: return "native";
        case runtime::HowDone::Emulated: return "emulated";
    }
    return "";
}

std::string_view end_name(runtime::RunEnd end) {
    switch (end) {
        case runtime::RunEnd::Succeeded: return "succeeded";
        case runtime::RunEnd::OnlyOptionalFailed: return "only-optional-failed";
        case runtime::RunEnd::Failed: return "failed";
        case runtime::RunEnd::Interrupted: return "interrupted";
    }
    return "";
}

std::string_view state_name(runtime::TransferState state) {
    switch (state) {
        case runtime::TransferState::Going: return "going";
        case runtime::TransferState::Done: return "done";
        case runtime::TransferState::Failed: return "failed";
    }
    return "";
}

OrderedJson error_json(const Error& error) {
    OrderedJson out{{"kind", error_kind_name(error.kind)}, {"message", error.message}};
    if (error.place) {
        out["file"] = error.place->text->name();
        out["line"] = error.place->line;
    }
    if (!error.context.empty()) out["context"] = error.context;
    if (!error.hint.empty()) out["hint"] = error.hint;
    if (!error.detail.empty()) out["detail"] = error.detail;
    return out;
}

// How many bytes at the end are the start of a character that is not whole (RFC 3629).
std::size_t cut_bytes(std::string_view text) {
    for (std::size_t back = 1; back <= std::min<std::size_t>(3, text.size()); ++back) {
        const auto byte = static_cast<unsigned char>(text[text.size() - back]);
        if ((byte & 0xC0U) == 0x80) continue;  // inside of one
        const std::size_t length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1;
        return length > back ? back : 0;
    }
    return 0;
}

std::vector<bool> needed_by(const Plan& plan, const Target& target) {
    std::vector<bool> needed(plan.actions.size());
    for (const Cell& cell : target.cells)
        if (cell.root) needed[cell.root->index] = true;
    for (std::size_t i = plan.actions.size(); i-- > 0;)  // inputs come first
        if (needed[i])
            for (const ActionId input : inputs_of(plan.actions[i].work)) needed[input.index] = true;
    return needed;
}

// The members of each event behind its type and time.
class Members {
public:
    using Places = std::function<const std::vector<EventJson::Place>&()>;
    Members(const Plan& plan, Places places, OrderedJson& out) : plan_(plan), places_(std::move(places)), out_(out) {}

    void add(const runtime::RunBegan& began) {
        OrderedJson platforms = OrderedJson::array();
        for (const Platform& platform : began.platforms) platforms.push_back(format_platform(platform));
        name("run-began");
        out_["wanted"] = began.wanted;
        out_["cached"] = began.cached;
        out_["to_execute"] = began.to_execute;
        out_["platforms"] = std::move(platforms);
    }
    void add(const runtime::Started& started) {
        name("started", started.id, Fields::All);
        out_["emulated"] = started.emulated;
    }
    void add(const runtime::Said& said) {
        name("said", said.id, Fields::Few);
        out_["text"] = said.bytes;
    }
    void add(const runtime::Unsaid& unsaid) {
        name("unsaid", unsaid.id, Fields::Few);
        out_["bytes"] = unsaid.bytes;
    }
    void add(const runtime::Noted& noted) {
        name("noted", noted.id, Fields::Few);
        out_["text"] = noted.text;
    }
    void add(const runtime::Detail& detail) {
        name("detail", detail.id, Fields::Few);
        out_["text"] = detail.text;
    }
    void add(const runtime::Finished& finished) {
        name("finished", finished.id, Fields::All);
        out_["action"]["key"] = finished.key.text();  // the plan's own is older where a source was not pinned
        out_["how"] = how_name(finished.how);
        out_["seconds"] = rounded(finished.seconds);
        out_["waited_seconds"] = rounded(finished.waited_seconds);
        out_["diff_id"] = finished.diff_id.text();
        out_["layer_bytes"] = finished.layer_bytes;
    }
    void add(const runtime::Failed& failed) {
        name("failed", failed.id, Fields::All);
        out_["seconds"] = rounded(failed.seconds);
        out_["required"] = failed.required;
        out_["error"] = error_json(failed.error);
    }
    void add(const runtime::Transfer& transfer) {
        name("transfer");
        out_["number"] = transfer.number;
        out_["what"] = transfer.what;
        out_["done"] = transfer.done;
        out_["total"] = transfer.total ? OrderedJson(*transfer.total) : OrderedJson();
        out_["state"] = state_name(transfer.state);
    }
    void add(const runtime::Exporting& exporting) {
        name("exporting");
        out_["target"] = exporting.target;
        out_["destination"] = exporting.destination;
    }
    void add(const runtime::Exported& exported) {
        name("exported");
        out_["target"] = exported.target;
        out_["destination"] = exported.destination;
        out_["digest"] = exported.index ? OrderedJson(exported.index->text()) : OrderedJson();
    }
    void add(const runtime::Warned& warned) {
        name("warned");
        out_["text"] = warned.text;
        if (!warned.hint.empty()) out_["hint"] = warned.hint;
    }
    void add(const runtime::RunEnded& ended) {
        name("run-ended");
        out_["how"] = end_name(ended.how);
        out_["cached"] = ended.cached;
        out_["executed"] = ended.executed;
        out_["emulated"] = ended.emulated;
        out_["failed"] = ended.failed;
        out_["skipped"] = ended.skipped;
        out_["seconds"] = rounded(ended.seconds);
        if (ended.error) out_["error"] = error_json(*ended.error);
    }

private:
    void name(std::string_view type) { out_["type"] = type; }
    void name(std::string_view type, ActionId id, Fields fields) {
        name(type);
        const Action& action = plan_.action(id);
        const auto& [targets, platform] = places_()[id.index];
        OrderedJson& out = out_["action"];
        out = {{"index", id.index}, {"kind", kind_name(action.work)}, {"targets", targets}, {"stage", action.origin.stage}};
        out["platform"] = platform ? OrderedJson(format_platform(*platform)) : OrderedJson();
        out["dockerfile"] = action.origin.dockerfile;
        out["line"] = action.origin.line;
        if (fields == Fields::Few) return;
        out["text"] = action.origin.text;
        out["key"] = action.definition_key.text();
    }

    const Plan& plan_;
    Places places_;
    OrderedJson& out_;
};

}  // namespace

EventJson::EventJson(const Plan& plan) : plan_(plan) {}

// Not before they are asked for: a run that finds all done may tell of no action.
const std::vector<EventJson::Place>& EventJson::places() {
    if (!places_.empty()) return places_;
    places_.resize(plan_.actions.size());
    for (std::size_t i = 0; i < places_.size(); ++i) {
        const Work& work = plan_.actions[i].work;
        const auto root = root_of(work);
        if (const auto* run = std::get_if<RunAction>(&work)) places_[i].platform = run->platform;
        else if (const auto* image = std::get_if<ImageAction>(&work)) places_[i].platform = image->platform;
        else if (root) places_[i].platform = places_[root->index].platform;
    }
    for (const Target& target : plan_.targets) {
        const std::vector<bool> needed = needed_by(plan_, target);
        for (std::size_t i = 0; i < places_.size(); ++i)
            if (needed[i]) places_[i].targets.push_back(target.name);
    }
    return places_;
}

std::string EventJson::first_line() {
    return dump_json(OrderedJson{{"type", "schema"}, {"at", 0.0}, {"schema", "mabplan-events-1"}}) + "\n";
}

// With what was left of the output before; what is cut at the end is left for the next.
std::string EventJson::whole_characters(ActionId id, std::string bytes) {
    std::string& before = cut_[id.index];
    bytes.insert(0, before);
    const std::size_t whole = bytes.size() - cut_bytes(bytes);
    before = bytes.substr(whole);
    bytes.resize(whole);
    return bytes;
}

std::string EventJson::lines(const runtime::BuildEvent& event) {
    const auto line = [&](const runtime::Happening& what) {
        OrderedJson out{{"type", ""}, {"at", rounded(event.at)}};
        Members members(
            plan_, [this]() -> const std::vector<Place>& { return places(); }, out);
        std::visit([&](const auto& each) { members.add(each); }, what);
        return dump_json(out) + "\n";
    };
    if (const auto* said = std::get_if<runtime::Said>(&event.what)) {
        std::string whole = whole_characters(said->id, said->bytes);
        return whole.empty() ? whole : line(runtime::Said{said->id, std::move(whole)});
    }
    const auto* finished = std::get_if<runtime::Finished>(&event.what);
    const auto* failed = std::get_if<runtime::Failed>(&event.what);
    const auto* unsaid = std::get_if<runtime::Unsaid>(&event.what);
    if (finished == nullptr && failed == nullptr && unsaid == nullptr) return line(event.what);
    const ActionId id = finished != nullptr ? finished->id : failed != nullptr ? failed->id : unsaid->id;
    std::string rest = std::exchange(cut_[id.index], {});
    return (rest.empty() ? rest : line(runtime::Said{id, std::move(rest)})) + line(event.what);
}

}  // namespace mabplan::tools
