package org.dmabuf.replay;

import java.util.Map;
import org.dmabuf.CpuMapping;
import org.dmabuf.file.MmapFlags;

/** Mappings of files, and the program's own accesses to them. */
final class MappingOperations {
  private static final Map<String, Integer> PROTECTION =
      Map.of("R", MmapFlags.PROT_READ, "W", MmapFlags.PROT_WRITE);
  private static final Map<String, Integer> FLAGS =
      Map.of("SHARED", MmapFlags.MAP_SHARED, "PRIVATE", MmapFlags.MAP_PRIVATE);

  private MappingOperations() {}

  static Map<String, Operation> all() {
    return Map.of(
        "mmap", MappingOperations::mmap,
        "munmap", MappingOperations::munmap,
        "load", MappingOperations::load,
        "store", MappingOperations::store);
  }

  private static Answer mmap(TracedProcess process, Arguments arguments) {
    CpuMapping mapping =
        process
            .files()
            .mmap(
                arguments.descriptor("fd"),
                arguments.wide("len"),
                arguments.wide("off"),
                arguments.flags("prot", PROTECTION),
                arguments.flags("flags", FLAGS));
    arguments.as().ifPresent(name -> process.names().bind(name, mapping));
    return Answer.ok();
  }

  private static Answer munmap(TracedProcess process, Arguments arguments) {
    arguments.mapping("map").close();
    return Answer.ok();
  }

  private static Answer load(TracedProcess process, Arguments arguments) {
    int value = arguments.mapping("map").load(arguments.wide("off"));
    return Answer.ok().with("value", value);
  }

  private static Answer store(TracedProcess process, Arguments arguments) {
    arguments.mapping("map").store(arguments.wide("off"), arguments.narrow("value"));
    return Answer.ok();
  }
}
