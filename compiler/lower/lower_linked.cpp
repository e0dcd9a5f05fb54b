// What a linked copy (--link) can't do, since it is made as onto nothing and laid over its base.
#include "compiler/lower/cell_lowering.h"

#include "plans/base/account_id.h"
#include "plans/base/format.h"
#include "plans/base/text.h"

namespace mabplan::compiler {

namespace {

// The file of an image that an owner needs; empty if none: numbers and "root" mean the same in all.
std::string_view account_file(const std::string& owner) {
    std::string_view file = "/etc/passwd";
    for (const std::string_view part : split(owner, ':')) {
        if (!part.empty() && part != "root" && !is_account_number(part)) return file;
        file = "/etc/group";
    }
    return {};
}

// The folder that everybody may write into (mode 1777) on the way to a place; empty if there is none.
std::string_view tmp_on_the_way(const std::string& destination) {
    const std::string path = clean_path(destination) + "/";
    if (path.starts_with("/var/tmp/")) return "/var/tmp";
    return path.starts_with("/tmp/") ? "/tmp" : "";
}

}  // namespace

Status CellLowering::check_linked_owner(const Transfer& transfer, const std::string& owner, const Step& step) const {
    const std::string_view file = account_file(owner);
    if (file.empty()) return {};
    return input_error(place_of(step.at, transfer.chown),
                       format("--chown={} is a name, and a linked copy does not read the base: no {} says what it stands for", owner, file),
                       "write numbers (--chown=1000:1000), or leave out --link");
}

// Files of an image or of a command: with a /tmp as systems have it. What copies alone have made has none of its own.
bool CellLowering::has_system_below(std::optional<ActionId> root) const {
    while (root) {
        const Work& work = plan_.plan().action(*root).work;
        if (std::holds_alternative<ImageAction>(work) || std::holds_alternative<RunAction>(work)) return true;
        root = root_of(work);
    }
    return false;
}

void CellLowering::note_linked_copy(const CopyAction& copy, const std::string& destination, const Step& step) const {
    const std::string_view folder = copy.link ? tmp_on_the_way(copy.destination) : std::string_view{};
    if (!folder.empty() && has_system_below(copy.root)) input_.observer.linked_copy_into_tmp(step.sighting(), destination, folder);
}

}  // namespace mabplan::compiler
