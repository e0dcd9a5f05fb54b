#include "runtime/snapshot/layer_refusal.h"

#include "plans/base/format.h"
#include "plans/base/text.h"

#include <utility>

namespace mabplan::runtime {

Error refused_entry(std::string_view name, Error fault) {
    fault.message = format("the layer's entry {} cannot be unpacked: {}", quoted(name), fault.message);
    return fault;
}

Failure root_is_no_directory() { return input_error("the root of a layer must be a directory"); }

Failure parent_in_the_way(std::string_view path, bool is_symlink) {
    return input_error(format("its parent {} is {} in this layer", quoted(path), is_symlink ? "a symlink" : "no directory"));
}

Failure hard_link_to_nothing(std::string_view target) {
    return input_error(format("it is a hard link to {}, which is not in this layer", quoted(target)));
}

Failure hard_link_to_directory(std::string_view target) {
    return input_error(format("it is a hard link to {}, which is a directory", quoted(target)));
}

Failure second_entry() { return input_error("the layer has another entry of this name before it"); }

Status check_layer_file(const TreeEntry& facts) {
    if (facts.type == FileType::Symlink && facts.link_target.empty()) return input_error("it is a symlink without a target");
    if (facts.type == FileType::CharDevice && facts.device == 0)
        return input_error("it is a character device 0:0, which would delete what lower layers have there");
    return {};
}

Failure not_the_layer(const Digest& expected, const Digest& found) {
    return fail(ErrorKind::Verify,
                format("a layer is not what its image says: expected the diff_id {}, the tar hashes to {}", expected.text(), found.text()));
}

}  // namespace mabplan::runtime
