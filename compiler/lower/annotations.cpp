#include "compiler/lower/annotations.h"

#include "compiler/lower/output_types.h"
#include "plans/base/format.h"
#include "plans/base/text.h"

#include <algorithm>

namespace mabplan::compiler {

namespace {

Failure refuse(const AnnotationSpec& annotation, std::string message, std::string hint) {
    return fail(Error{ErrorKind::Input, std::move(message), annotation.place, {}, std::move(hint)});
}

bool is_of_index(const AnnotationScope& scope) {
    return scope.level == AnnotationLevel::Index || scope.level == AnnotationLevel::IndexDescriptor;
}

// The first annotation that names something of the index; null if there is none.
const AnnotationSpec* first_of_index(const Target& target) {
    for (const Cell& cell : target.cells)
        for (const AnnotationSpec& annotation : cell.build.annotations)
            if (std::any_of(annotation.scopes.begin(), annotation.scopes.end(), is_of_index)) return &annotation;
    return nullptr;
}

bool may_have_index(const Output& output) { return type_of(output).index == IndexInOutput::Possible; }

Status check_index(const Target& target, const std::vector<Output>& outputs) {
    const AnnotationSpec* annotation = first_of_index(target);
    if (annotation == nullptr || std::any_of(outputs.begin(), outputs.end(), may_have_index)) return {};
    return refuse(*annotation, format("annotation {} is of the index, and no output has one", quoted(annotation->key)),
                  "write type=oci, or leave the annotation out");
}

std::vector<std::string> platform_names(const Target& target) {
    std::vector<std::string> names;
    for (const Cell& cell : target.cells) names.push_back(format_platform(cell.platform));
    return names;
}

// A platform that this run leaves out has no manifest to annotate, and is no mistake.
bool has_platform(const Target& target, const Platform& platform) {
    return std::any_of(target.cells.begin(), target.cells.end(), [&](const Cell& cell) { return cell.platform == platform; }) ||
           std::find(target.left_out.begin(), target.left_out.end(), platform) != target.left_out.end();
}

Status check_platforms(const Target& target, const Cell& cell) {
    for (const AnnotationSpec& annotation : cell.build.annotations)
        for (const AnnotationScope& scope : annotation.scopes)
            if (scope.platform && !has_platform(target, *scope.platform))
                return refuse(
                    annotation,
                    format("annotation {} is for {}, which is not built", quoted(annotation.key), format_platform(*scope.platform)),
                    format("the platforms are {}", join(platform_names(target), ", ")));
    return {};
}

// The pairs of one level for the platform of the cell: first those for every platform, then those for it alone.
Annotations pairs_of(const Cell& cell, AnnotationLevel level) {
    Annotations pairs;
    for (const std::optional<Platform>& platform : {std::optional<Platform>(), std::optional(cell.platform)})
        for (const AnnotationSpec& annotation : cell.build.annotations)
            for (const AnnotationScope& scope : annotation.scopes)
                if (scope.level == level && scope.platform == platform) pairs[annotation.key] = annotation.value;
    return pairs;
}

// Values may hold ${platform.…}; the names are those of all cells.
Result<Annotations> index_pairs(const Target& target, AnnotationLevel level) {
    Annotations pairs = pairs_of(target.cells.front(), level);
    for (const Cell& cell : target.cells) {
        const Annotations others = pairs_of(cell, level);
        for (const AnnotationSpec& annotation : cell.build.annotations) {
            const auto own = others.find(annotation.key);
            if (own == others.end() || pairs[annotation.key] == own->second) continue;
            return refuse(
                annotation,
                format("annotation {} of the index is {} for {} and {} for {}", quoted(annotation.key), quoted(pairs[annotation.key]),
                       format_platform(target.cells.front().platform), quoted(own->second), format_platform(cell.platform)),
                "platforms share one index: annotate manifest or manifest-descriptor");
        }
    }
    return pairs;
}

}  // namespace

bool annotates_index(const Target& target) { return first_of_index(target) != nullptr; }

Status lower_annotations(const Target& target, mabplan::Target& lowered) {
    if (target.cells.empty()) return {};
    MABPLAN_CHECK(check_index(target, lowered.outputs));
    MABPLAN_TRY(index, index_pairs(target, AnnotationLevel::Index));
    lowered.annotations = std::move(index);
    MABPLAN_TRY(descriptor, index_pairs(target, AnnotationLevel::IndexDescriptor));
    lowered.descriptor_annotations = std::move(descriptor);
    for (const Cell& cell : target.cells) {
        MABPLAN_CHECK(check_platforms(target, cell));
        for (mabplan::Cell& image : lowered.cells) {
            if (image.platform != cell.platform) continue;
            image.annotations = pairs_of(cell, AnnotationLevel::Manifest);
            image.descriptor_annotations = pairs_of(cell, AnnotationLevel::ManifestDescriptor);
        }
    }
    return {};
}

}  // namespace mabplan::compiler
