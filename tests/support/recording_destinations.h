// Destinations of images that write nothing: what was opened and what was to be written is kept.
#pragma once

#include "runtime/output/image_destinations.h"

#include <functional>
#include <optional>
#include <vector>

namespace mabplan::tests {

class RecordingDestinations final : public runtime::ImageDestinations {
public:
    bool current = false;  // all is there already
    std::optional<Error> refusal{};
    std::function<void(const runtime::ImageContent&)> on_write = [](const runtime::ImageContent&) {};

    std::vector<Output> opened;
    std::vector<std::string> targets;            // of each that was opened
    std::vector<runtime::ImageContent> written;  // in their order

    Result<std::unique_ptr<runtime::ImageSink>> open(const Output& output, const Target& target) override {
        opened.push_back(output);
        targets.push_back(target.name);
        return std::make_unique<Sink>(*this);
    }

private:
    class Sink final : public runtime::ImageSink {
    public:
        explicit Sink(RecordingDestinations& to) : to_(to) {}
        Result<bool> is_current(const runtime::ImageContent&) override { return to_.current; }
        Status write(const runtime::ImageContent& content, runtime::ImageBlobs&, runtime::Transfers&) override {
            if (to_.refusal) return fail(*to_.refusal);
            to_.written.push_back(content);
            to_.on_write(content);
            return {};
        }

    private:
        RecordingDestinations& to_;
    };
};

}  // namespace mabplan::tests
