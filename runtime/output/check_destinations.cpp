#include "runtime/output/check_destinations.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/sys/file.h"

namespace mabplan::runtime {

namespace {

Status check_destination(const Target& target, const Output& output, const std::string& project_folder) {
    const OutputForm form = form_of(output);
    const std::string destination = destination_of(output);
    if (form == OutputForm::Nothing || destination == "-") return {};
    const bool is_folder = form == OutputForm::Folder;
    const std::string path = join_path(project_folder, destination);
    if (!path_exists(path) || is_directory(path) == is_folder) return {};
    return fail(ErrorKind::Input,
                format("the target {} is to write {} {}, and {} is there", target.name, is_folder ? "the folder" : "the file",
                       quoted(destination), is_folder ? "a file" : "a folder"),
                "name another destination, or remove what is there");
}

}  // namespace

Status check_destinations(const Plan& plan, const std::string& project_folder) {
    for (const Target& target : plan.targets)
        for (const Output& output : target.outputs) MABPLAN_CHECK(check_destination(target, output, project_folder));
    return {};
}

}  // namespace mabplan::runtime
