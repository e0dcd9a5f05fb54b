// The destinations of images on this machine. What is elsewhere it refuses: who knows more answers for that, and asks here for the rest.
#pragma once

#include "runtime/output/image_destinations.h"

#include <string>

namespace mabplan::runtime {

class LocalDestinations final : public ImageDestinations {
public:
    // What destinations are relative to.
    explicit LocalDestinations(std::string project_folder) : project_folder_(std::move(project_folder)) {}

    Result<std::unique_ptr<ImageSink>> open(const Output& output, const Target& target) override;

private:
    using Opened = Result<std::unique_ptr<ImageSink>>;
    Opened open_type(const LayoutOutput& layout) const;
    Opened open_type(const DockerOutput& archive) const;
    template <class Other>
    Opened open_type(const Other& other) const;

    std::string project_folder_;
};

}  // namespace mabplan::runtime
