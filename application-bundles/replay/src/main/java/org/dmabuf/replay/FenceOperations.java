package org.dmabuf.replay;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.dmabuf.Errno;
import org.dmabuf.sync.FenceInfo;
import org.dmabuf.sync.SwSyncIoctl;
import org.dmabuf.sync.SyncFileInfo;
import org.dmabuf.sync.SyncIoctl;
import org.dmabuf.sync.SyncTimeline;

/** Software timelines, and sync files of their fences. */
final class FenceOperations {
  private FenceOperations() {}

  static Map<String, Operation> all() {
    return Map.of(
        "timeline", FenceOperations::timeline,
        "fence", FenceOperations::fence,
        "inc", FenceOperations::increment,
        "merge", FenceOperations::merge,
        "sync_info", FenceOperations::info);
  }

  /** The timeline has the name that the step binds, by which its fences are told later. */
  private static Answer timeline(TracedProcess process, Arguments arguments) {
    int descriptor =
        SwSyncIoctl.open(process.devices().registry(), process.files(), arguments.text("as"), 0);
    return process.bound(arguments, descriptor);
  }

  private static Answer fence(TracedProcess process, Arguments arguments) {
    int descriptor =
        SwSyncIoctl.createFence(
            process.files(), arguments.descriptor("timeline"), arguments.narrow("value"));
    return process.bound(arguments, descriptor);
  }

  private static Answer increment(TracedProcess process, Arguments arguments) {
    SwSyncIoctl.increment(
        process.files(), arguments.descriptor("timeline"), arguments.narrow("by"));
    return Answer.ok();
  }

  private static Answer merge(TracedProcess process, Arguments arguments) {
    int descriptor =
        SyncIoctl.merge(process.files(), arguments.descriptor("a"), arguments.descriptor("b"));
    return process.bound(arguments, descriptor);
  }

  private static Answer info(TracedProcess process, Arguments arguments) {
    SyncFileInfo info = SyncIoctl.fileInfo(process.files(), arguments.descriptor("fd"));
    List<List<Object>> fences = new ArrayList<>();
    for (FenceInfo fence : info.fences()) {
      if (fence.driverName().equals(SyncTimeline.DRIVER_NAME)) {
        fences.add(List.of(fence.timelineName(), status(fence.status(), fence.error())));
      }
    }
    int others = info.fences().size() - fences.size();
    fences.sort(Comparator.comparing(FenceOperations::text));
    return Answer.ok()
        .with("status", status(info.status(), info.error()))
        .with("fences", fences)
        .with("others", others);
  }

  /** The recorder wrote an error by its name. */
  private static Object status(int status, Optional<Errno> error) {
    return error.<Object>map(Errno::name).orElse(status);
  }

  /** As JSON has it, in which errors are quoted. */
  private static String text(List<Object> fence) {
    return fence.stream()
        .map(part -> part instanceof String ? '"' + part.toString() + '"' : part.toString())
        .collect(Collectors.joining(", "));
  }
}
