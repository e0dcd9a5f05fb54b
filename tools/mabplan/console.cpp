#include "tools/mabplan/console.h"

#include "plans/base/format.h"
#include "plans/base/text.h"

#include <unistd.h>

namespace mabplan::tools {

namespace {

constexpr std::size_t kMostHeldBytes = 1U << 20U;      // of one step while another one streams
constexpr std::size_t kMostPrintedBytes = 64U << 20U;  // of one run

void print(std::string_view text) {
    while (!text.empty()) {
        const ssize_t count = ::write(STDERR_FILENO, text.data(), text.size());
        if (count <= 0) return;
        text.remove_prefix(static_cast<std::size_t>(count));
    }
}

std::string_view how_text(runtime::HowDone how) {
    switch (how) {
        case runtime::HowDone::CachedDefinition: return "cached";
        case runtime::HowDone::CachedContent: return "cached (same content)";
        case runtime::HowDone::Native: return "native";
        case runtime::HowDone::Emulated: return "emulated";
    }
    return "";
}

}  // namespace

void print_error(const Error& error) { print(format_error(error)); }
void print_warning(std::string_view text) { print(format("warning: {}\n", text)); }
void print_note(std::string_view text) { print(format("note: {}\n", text)); }

Console::Console(const Plan& plan, Progress progress, Detail detail) : plan_(plan), progress_(progress), detail_(detail) {}
Console::~Console() = default;

// "[linux/arm64 builder] RUN make"
std::string Console::label(ActionId id) const {
    const Action& action = plan_.action(id);
    std::string platform;
    if (const auto* run = std::get_if<RunAction>(&action.work)) platform = format_platform(run->platform) + " ";
    std::string text = action.origin.text.substr(0, action.origin.text.find('\n'));
    if (text.size() > 100) text = text.substr(0, 97) + "...";
    return format("[{}{}] {}", platform, action.origin.stage, text);
}

void Console::started(ActionId id) {
    const std::scoped_lock lock(mutex_);
    running_.insert(id.index);
}

void Console::print_lines(ActionId id, std::string& text, bool all) {
    const std::size_t end = all ? text.size() : text.rfind('\n') + 1;
    if (progress_ != Progress::Quiet && printed_bytes_ < kMostPrintedBytes) {
        std::string out;
        for (const std::string_view line : split(std::string_view(text).substr(0, end), '\n'))
            if (!line.empty()) out += format("  {} | {}\n", plan_.action(id).origin.stage, line);
        printed_bytes_ += out.size();
        if (printed_bytes_ >= kMostPrintedBytes) out += "  (the steps print more than is shown)\n";
        print(out);
    }
    text.erase(0, end);
}

void Console::output(ActionId id, std::string_view bytes) {
    const std::scoped_lock lock(mutex_);
    std::string& held = held_[id.index];
    if (held.size() < kMostHeldBytes) held.append(bytes.substr(0, kMostHeldBytes - held.size()));
    if (!running_.empty() && *running_.begin() == id.index) print_lines(id, held, false);
}

void Console::note(ActionId id, std::string_view text) {
    const std::scoped_lock lock(mutex_);
    if (progress_ != Progress::Quiet) print(format("{} {}\n", label(id), text));
}

void Console::end_step(ActionId id, const std::string& verdict) {
    print_lines(id, held_[id.index], true);
    held_.erase(id.index);
    running_.erase(id.index);
    if (progress_ != Progress::Quiet) print(format("{} {}\n", label(id), verdict));
}

void Console::finished(ActionId id, runtime::HowDone how, double seconds) {
    const std::scoped_lock lock(mutex_);
    const bool cached = how == runtime::HowDone::CachedDefinition;
    end_step(id, cached ? std::string(how_text(how)) : format("{} {:.2f}s", how_text(how), seconds));
}

void Console::failed(ActionId id, const Error& error) {
    const std::scoped_lock lock(mutex_);
    end_step(id, error.kind == ErrorKind::Interrupted ? "interrupted" : "FAILED");
}

void Console::exporting(std::string_view what) {
    const std::scoped_lock lock(mutex_);
    if (progress_ != Progress::Quiet) print(format("{}\n", what));
}

void Console::detail(ActionId id, std::string_view text) {
    const std::scoped_lock lock(mutex_);
    if (detail_ == Detail::Verbose) print(format("{} {}\n", label(id), text));
}

void Console::warning(std::string_view text) {
    const std::scoped_lock lock(mutex_);
    if (warned_.insert(std::string(text)).second) print_warning(text);
}

}  // namespace mabplan::tools
