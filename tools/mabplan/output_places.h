// Where the images of a run go: to files and folders of this machine, into its engine, to registries. Answers what exporting asks.
#pragma once

#include "runtime/output/local_destinations.h"
#include "tools/mabplan/registries.h"

#include <string>

namespace mabplan::tools {

class OutputPlaces final : public runtime::ImageDestinations {
public:
    // `scratch`: a folder for what is handed to an engine.
    OutputPlaces(const std::string& project_folder, std::string scratch, Registries& registries, const runtime::Stop* stop)
        : local_(project_folder), scratch_(std::move(scratch)), registries_(registries), stop_(stop) {}

    Result<std::unique_ptr<runtime::ImageSink>> open(const Output& output, const Target& target) override;

private:
    runtime::LocalDestinations local_;
    std::string scratch_;
    Registries& registries_;
    const runtime::Stop* stop_;
};

// A place under these names, which may lie in several registries.
Result<std::unique_ptr<runtime::ImageSink>> open_registries(Registries& registries, const std::vector<std::string>& names, bool by_digest,
                                                            bool insecure);

}  // namespace mabplan::tools
