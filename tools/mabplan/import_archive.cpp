#include "tools/mabplan/import_archive.h"

#include "plans/base/format.h"
#include "plans/base/suggest.h"
#include "plans/base/text.h"
#include "plans/oci/reference.h"
#include "runtime/sys/named_file.h"

#include <unistd.h>

#include <algorithm>

namespace mabplan::tools {

namespace {

bool has_name(const runtime::ArchivedImage& image, const std::string& name) {
    const auto reference = parse_reference(name);
    const std::string full = reference ? format_reference(*reference) : name;
    return std::any_of(image.names.begin(), image.names.end(),
                       [&](const std::string& known) { return known == name || known == full || known.ends_with(":" + name); });
}

Failure which_one(const std::string& path, const std::string& name, const std::vector<runtime::ArchivedImage>& images) {
    std::vector<std::string> names;
    for (const runtime::ArchivedImage& image : images) names.insert(names.end(), image.names.begin(), image.names.end());
    Error error{ErrorKind::Input, name.empty() ? format("{} holds {} images: which one is meant?", path, images.size())
                                               : format("{} holds no image {}", path, quoted(name))};
    error.hint = name.empty() ? format("write {}:NAME behind the transport", path) : suggestion(name, names);
    error.detail = names.empty() ? "" : format("images there are: {}", join(names, ", "));
    return fail(std::move(error));
}

}  // namespace

Result<std::vector<runtime::ArchivedImage>> import_archive(const std::string& path, runtime::Store& store, const runtime::Stop* stop) {
    if (path == "-") {
        if (::isatty(STDIN_FILENO) != 0)
            return fail(ErrorKind::Input, "standard input is a terminal, and no archive of images", "name a file: -i FILE");
        return runtime::read_image_archive(runtime::read_from(::dup(STDIN_FILENO), "standard input", stop), "standard input",
                                           store.blobs());
    }
    MABPLAN_TRY(file, runtime::open_to_read(path, ErrorKind::Input));
    return runtime::read_image_archive(runtime::read_from(file.release(), path, stop), path, store.blobs());
}

Result<std::string> import_image(const std::string& path, const std::string& name, runtime::Store& store, const runtime::Stop* stop) {
    MABPLAN_TRY(images, import_archive(path, store, stop));
    std::vector<const runtime::ArchivedImage*> found;
    for (const runtime::ArchivedImage& image : images)
        if (name.empty() || has_name(image, name)) found.push_back(&image);
    if (found.size() != 1) return which_one(path, name, images);
    return found.front()->root.digest.text();
}

}  // namespace mabplan::tools
