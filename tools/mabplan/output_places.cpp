#include "tools/mabplan/output_places.h"

#include "runtime/output/engine_sink.h"
#include "runtime/output/registry_sink.h"
#include "runtime/sandbox/emulator.h"
#include "tools/mabplan/process.h"

#include <algorithm>

namespace mabplan::tools {

namespace {

// One place after the other.
class AllOf final : public runtime::ImageSink {
public:
    explicit AllOf(std::vector<std::unique_ptr<runtime::ImageSink>> sinks) : sinks_(std::move(sinks)) {}

    Result<bool> is_current(const runtime::ImageContent& content) override {
        for (const auto& sink : sinks_) {
            MABPLAN_TRY(current, sink->is_current(content));
            if (!current) return false;
        }
        return true;
    }
    Status write(const runtime::ImageContent& content, runtime::ImageBlobs& blobs, runtime::Transfers& transfers) override {
        for (const auto& sink : sinks_) MABPLAN_CHECK(sink->write(content, blobs, transfers));
        return {};
    }

private:
    std::vector<std::unique_ptr<runtime::ImageSink>> sinks_;
};

}  // namespace

Result<std::unique_ptr<runtime::ImageSink>> open_registries(Registries& registries, const std::vector<std::string>& names, bool by_digest,
                                                            bool insecure) {
    std::vector<std::unique_ptr<runtime::ImageSink>> sinks;
    for (const std::string& name : names) {
        MABPLAN_TRY(reference, parse_reference(name));
        MABPLAN_TRY(writer, registries.writer(reference.domain, insecure));
        sinks.push_back(runtime::open_registry(*writer, {{std::move(reference)}, by_digest}));
    }
    return std::make_unique<AllOf>(std::move(sinks));
}

Result<std::unique_ptr<runtime::ImageSink>> OutputPlaces::open(const Output& output, const Target& target) {
    if (const auto* image = std::get_if<ImageOutput>(&output))
        return open_registries(registries_, runtime::names_of(target, image->names), image->by_digest, image->insecure);
    if (std::holds_alternative<DockerOutput>(output) && form_of(output) == OutputForm::Nothing) {
        const runtime::HelperSurroundings around = helper_surroundings(stop_);
        return runtime::open_engine({around.folders, around.env, scratch_, runtime::host_platform(), around.stop});
    }
    return local_.open(output, target);
}

}  // namespace mabplan::tools
