#include "runtime/output/baked_in_warning.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/exec/action_stack.h"
#include "runtime/layers/baked_in.h"

#include <array>
#include <span>

namespace mabplan::runtime {

namespace {

struct Wording {
    std::string_view kind;
    const char* what;
    const char* consequence;
    const char* hint;
    bool while_shown = false;  // matters only as long as the image shows it
};

constexpr auto kWordings = std::to_array<Wording>({
    {baked::kHostKey, "ssh host keys", "every container of the image would show the same keys, and whoever has the image has them",
     "remove them in the same RUN (rm -f /etc/ssh/ssh_host_*_key*) and make them when a container starts (ssh-keygen -A)", true},
    {baked::kMachineId, "a machine-id", "every container of the image would have the same",
     "empty it in the same RUN (: > /etc/machine-id; rm -f /var/lib/dbus/machine-id): a system makes its own at its first start", true},
    {baked::kPrivateKey, "private keys", "whoever has the image has them, also if a later instruction removes them",
     "give keys to a build with RUN --mount=type=secret or --mount=type=ssh, and to containers when they start; remove made ones in the "
     "same RUN"},
    {baked::kCredentials, "credentials", "whoever has the image has them, also if a later instruction removes them",
     "give them to the one RUN that needs them with --mount=type=secret,id=…,target=…"},
});

// The instruction, which may be a whole script.
std::string shortened(const std::string& text) {
    constexpr std::size_t kMostBytes = 100;
    return text.size() <= kMostBytes ? text : text.substr(0, kMostBytes - 3) + "...";
}

// "/a and 2 more"
std::string name_all(const std::vector<std::string>& paths) {
    return paths.size() == 1 ? paths.front() : format("{} and {} more", paths.front(), paths.size() - 1);
}

// The paths of one kind in a layer, of those that the layers from it on still show where that matters.
Result<std::vector<std::string>> paths_of(const Wording& wording, const std::vector<BakedIn>& found, std::span<const Digest> upwards,
                                          LayerStore& layers) {
    std::vector<std::string> paths;
    for (const BakedIn& file : found)
        if (file.kind == wording.kind) paths.push_back(file.path);
    if (paths.empty() || !wording.while_shown || upwards.size() == 1) return paths;
    MABPLAN_TRY(view, layers.view(upwards));
    std::vector<std::string> shown;
    for (std::string& path : paths) {
        MABPLAN_TRY(entry, view.stat(path.substr(1)));
        if (entry && entry->type == FileType::File && entry->size > 0) shown.push_back(std::move(path));
    }
    return shown;
}

// "--chmod=0644 made /a, …": the folders that a copy made or brought.
Status warn_of_copy(const Origin& origin, const Digest& layer, LayerStore& layers, EventSink& events) {
    MABPLAN_TRY(found, layers.baked_in(layer));
    std::vector<std::string> closed;
    for (const BakedIn& folder : found)
        if (folder.kind == baked::kClosedFolder) closed.push_back(folder.path);
    if (closed.empty()) return {};
    const bool several = closed.size() > 1;
    const std::string what = several ? format("{} folders", closed.size()) : format("{} a folder", closed.front());
    events.tell(
        Warned{format("{}:{}: {} made {} that nobody but root can enter{}: a number in --chmod is for folders, too", origin.dockerfile,
                      origin.line, shortened(origin.text), what, several ? format(" ({})", name_all(closed)) : std::string{}),
               "--chmod=u=rwX,go=rX gives files 0644 and folders 0755"});
    return {};
}

Status warn_of_layer(const Origin& origin, std::span<const Digest> upwards, LayerStore& layers, EventSink& events) {
    MABPLAN_TRY(found, layers.baked_in(upwards.front()));
    for (const Wording& wording : kWordings) {
        MABPLAN_TRY(paths, paths_of(wording, found, upwards, layers));
        if (paths.empty()) continue;
        events.tell(Warned{format("{}:{}: {} left {} in the image: {}; {}", origin.dockerfile, origin.line, shortened(origin.text),
                                  wording.what, name_all(paths), wording.consequence),
                           wording.hint});
    }
    return {};
}

}  // namespace

Status warn_of_baked_in(const Plan& plan, const Cell& cell, const ActionResults& results, LayerStore& layers, EventSink& events) {
    const std::vector<ActionId> upwards = stack_of(plan, cell.root);
    const std::vector<Digest> chain = results.chain(cell.root);
    for (std::size_t i = 0; i < upwards.size(); ++i) {
        const Action& action = plan.action(upwards[i]);
        const std::size_t place = chain.size() - (upwards.size() - i);  // only a base has another number of layers than one
        if (const auto* copy = std::get_if<CopyAction>(&action.work); copy != nullptr && !copy->chmod.empty())
            MABPLAN_CHECK(warn_of_copy(action.origin, chain[place], layers, events));
        if (std::holds_alternative<RunAction>(action.work))
            MABPLAN_CHECK(warn_of_layer(action.origin, std::span(chain).subspan(place), layers, events));
    }
    return {};
}

}  // namespace mabplan::runtime
