// Images as files of this machine: a layout in a folder, the same in one tar, a tar for `docker load`. Folders above them are made.
#pragma once

#include "runtime/image/image_sink.h"

#include <memory>
#include <span>
#include <string>

namespace mabplan::runtime {

std::unique_ptr<ImageSink> open_layout_folder(std::string path);

// Of archives "-" is standard output, and what a file holds is not looked at: they are never current.
std::unique_ptr<ImageSink> open_layout_tar(std::string path);
// More images than one are an Input error, as compiling has it: a plan of others may ask for it.
std::unique_ptr<ImageSink> open_docker_tar(std::string path);

// Several images, each under its names, in one tar: an OCI layout, and what `docker load` reads, which knows no index: of several platforms
// the one for `host`, or the first.
Status write_saved_tar(const std::string& path, std::span<const ImageContent> contents, const Platform& host, ImageBlobs& blobs);

}  // namespace mabplan::runtime
