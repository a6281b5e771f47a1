package org.dmabuf.replay;

import java.lang.foreign.MemorySegment;
import java.util.Map;
import org.dmabuf.DmaBufIoctl;

/** Requests that dma-bufs have, and what the system tells of them. */
final class BufferOperations {
  /** The type of a dma-buf's requests; one without an argument has neither size nor direction. */
  private static final int TYPE = 'b' << 8;

  private BufferOperations() {}

  static Map<String, Operation> all() {
    return Map.of(
        "sync", BufferOperations::sync,
        "set_name", BufferOperations::setName,
        "fdinfo", BufferOperations::fdinfo,
        "ioctl_unknown", BufferOperations::unknown,
        "export_sync_file", BufferOperations::exportSyncFile,
        "import_sync_file", BufferOperations::importSyncFile);
  }

  private static Answer sync(TracedProcess process, Arguments arguments) {
    DmaBufIoctl.sync(process.files(), arguments.descriptor("fd"), arguments.wide("flags"));
    return Answer.ok();
  }

  private static Answer setName(TracedProcess process, Arguments arguments) {
    DmaBufIoctl.setName(process.files(), arguments.descriptor("fd"), arguments.text("name"));
    return Answer.ok();
  }

  private static Answer unknown(TracedProcess process, Arguments arguments) {
    process
        .files()
        .ioctl(arguments.descriptor("fd"), TYPE | arguments.narrow("nr"), MemorySegment.NULL);
    return Answer.ok();
  }

  private static Answer exportSyncFile(TracedProcess process, Arguments arguments) {
    int exported =
        DmaBufIoctl.exportSyncFile(
            process.files(), arguments.descriptor("fd"), arguments.narrow("flags"));
    return process.bound(arguments, exported);
  }

  private static Answer importSyncFile(TracedProcess process, Arguments arguments) {
    DmaBufIoctl.importSyncFile(
        process.files(),
        arguments.descriptor("fd"),
        arguments.narrow("flags"),
        arguments.descriptor("sync"));
    return Answer.ok();
  }

  private static Answer fdinfo(TracedProcess process, Arguments arguments) {
    String text = process.files().fdinfo(arguments.descriptor("fd"));
    Answer answer = Answer.ok();
    for (String line : text.split("\n", -1)) {
      int end = line.indexOf(":\t");
      answer =
          switch (end < 0 ? "" : line.substring(0, end)) {
            case "size" -> answer.with("size", number(line, end));
            case "count" ->
                process.observesCounts() ? answer.with("count", number(line, end)) : answer;
            case "exp_name" -> answer.with("exp_name", line.substring(end + 2));
            case "name" -> answer.with("name", line.substring(end + 2));
            default -> answer;
          };
    }
    return answer;
  }

  private static long number(String line, int end) {
    return Long.parseLong(line.substring(end + 2).strip());
  }
}
