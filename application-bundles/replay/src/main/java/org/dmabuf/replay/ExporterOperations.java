package org.dmabuf.replay;

import java.util.Map;
import org.dmabuf.heap.udmabuf.UdmabufItem;
import org.dmabuf.memory.MemoryFile;

/** Where buffers come from, and the memory files that some are made of. */
final class ExporterOperations {
  private static final Map<String, Integer> SEALS =
      Map.of(
          "SEAL", MemoryFile.F_SEAL_SEAL,
          "SHRINK", MemoryFile.F_SEAL_SHRINK,
          "GROW", MemoryFile.F_SEAL_GROW,
          "WRITE", MemoryFile.F_SEAL_WRITE);

  private ExporterOperations() {}

  static Map<String, Operation> all() {
    return Map.of(
        "heap_alloc", ExporterOperations::heapAlloc,
        "memfd", ExporterOperations::memfd,
        "udmabuf_create", ExporterOperations::udmabufCreate,
        "udmabuf_create_list", ExporterOperations::udmabufCreateList);
  }

  private static Answer heapAlloc(TracedProcess process, Arguments arguments) {
    int descriptor =
        process
            .devices()
            .heaps()
            .allocate(
                process.files(),
                arguments.text("heap"),
                arguments.wide("len"),
                arguments.narrow("fd_flags"),
                arguments.wide("heap_flags"));
    return process.bound(arguments, descriptor);
  }

  private static Answer memfd(TracedProcess process, Arguments arguments) {
    int descriptor =
        process
            .devices()
            .registry()
            .memfd(
                process.files(),
                arguments.as().orElse("memfd"),
                arguments.wide("size"),
                arguments.flags("seals", SEALS),
                false);
    return process.bound(arguments, descriptor);
  }

  private static Answer udmabufCreate(TracedProcess process, Arguments arguments) {
    int descriptor =
        process
            .devices()
            .udmabuf()
            .create(
                process.files(),
                arguments.descriptor("memfd"),
                arguments.wide("off"),
                arguments.wide("size"),
                arguments.narrow("flags"));
    return process.bound(arguments, descriptor);
  }

  private static Answer udmabufCreateList(TracedProcess process, Arguments arguments) {
    int descriptor =
        process
            .devices()
            .udmabuf()
            .createList(
                process.files(),
                arguments.rows("items", "memfd", "off", "size").stream()
                    .map(ExporterOperations::item)
                    .toList(),
                arguments.narrow("flags"));
    return process.bound(arguments, descriptor);
  }

  private static UdmabufItem item(Arguments row) {
    return new UdmabufItem(row.descriptor("memfd"), row.wide("off"), row.wide("size"));
  }
}
