#include "runtime/output/local_destinations.h"

#include "plans/base/format.h"
#include "runtime/output/local_sinks.h"
#include "runtime/output/output_path.h"

namespace mabplan::runtime {

LocalDestinations::Opened LocalDestinations::open_type(const LayoutOutput& layout) const {
    std::string path = output_path(project_folder_, layout.destination);
    return layout.as_tar ? open_layout_tar(std::move(path)) : open_layout_folder(std::move(path));
}

LocalDestinations::Opened LocalDestinations::open_type(const DockerOutput& archive) const {
    return open_docker_tar(output_path(project_folder_, archive.destination));
}

template <class Other>
LocalDestinations::Opened LocalDestinations::open_type(const Other&) const {
    return input_error(format("type={} has no place for images on this machine", Other::kType));
}

Result<std::unique_ptr<ImageSink>> LocalDestinations::open(const Output& output, const Target&) {
    return std::visit([this](const auto& of_type) { return open_type(of_type); }, output);
}

}  // namespace mabplan::runtime
