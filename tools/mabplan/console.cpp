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

void Console::see(const runtime::BuildEvent& event) {
    std::visit([this](const auto& what) { show(what); }, event.what);
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

void Console::show(const runtime::Said& said) {
    std::string& held = held_[said.id.index];
    if (held.size() < kMostHeldBytes) held.append(said.bytes.substr(0, kMostHeldBytes - held.size()));
    if (!running_.empty() && *running_.begin() == said.id.index) print_lines(said.id, held, false);
}

void Console::show(const runtime::Noted& noted) {
    if (progress_ != Progress::Quiet) print(format("{} {}\n", label(noted.id), noted.text));
}

void Console::end_step(ActionId id, const std::string& verdict) {
    print_lines(id, held_[id.index], true);
    held_.erase(id.index);
    running_.erase(id.index);
    if (progress_ != Progress::Quiet) print(format("{} {}\n", label(id), verdict));
}

void Console::show(const runtime::Finished& finished) {
    const bool cached = finished.how == runtime::HowDone::CachedDefinition;
    end_step(finished.id, cached ? std::string(how_text(finished.how)) : format("{} {:.2f}s", how_text(finished.how), finished.seconds));
}

void Console::show(const runtime::Failed& failed) {
    end_step(failed.id, failed.error.kind == ErrorKind::Interrupted ? "interrupted" : "FAILED");
}

void Console::show(const runtime::Exporting& exporting) {
    if (progress_ != Progress::Quiet) print(format("writing {}\n", exporting.destination));
}

void Console::show(const runtime::Detail& detail) {
    if (detail_ == Detail::Verbose) print(format("{} {}\n", label(detail.id), detail.text));
}

void Console::show(const runtime::Warned& warned) {
    warn(warned.text);
    if (!warned.hint.empty()) warn("  hint: " + warned.hint);
}

void Console::warn(const std::string& text) {
    if (warned_.insert(text).second) print_warning(text);
}

}  // namespace mabplan::tools
