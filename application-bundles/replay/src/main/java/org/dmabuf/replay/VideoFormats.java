package org.dmabuf.replay;

import java.util.LinkedHashMap;
import java.util.Map;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.OpenFlags;
import org.dmabuf.video.node.V4l2Format;
import org.dmabuf.video.node.V4l2FormatIoctl;

/**
 * The formats that video devices had when a scenario first opened them. They outlive the files of
 * the scenario, so they are set back after it, for the next one starts from nothing.
 *
 * <p>Used by one thread at a time.
 */
final class VideoFormats {
  private final Nodes nodes;
  private final Map<String, Map<Integer, V4l2Format>> before = new LinkedHashMap<>();

  VideoFormats(Nodes nodes) {
    this.nodes = nodes;
  }

  /** A device was opened; one that is no video device is passed over. */
  void opened(FileTable files, String node, int descriptor) {
    if (before.containsKey(node)) {
      return;
    }
    Map<Integer, V4l2Format> formats = new LinkedHashMap<>();
    try {
      for (var type : V4l2FormatIoctl.capabilities(files, descriptor).queues()) {
        formats.put(type.number(), V4l2FormatIoctl.get(files, descriptor, type.number()));
      }
    } catch (DmaBufException other) {
      if (other.errno() != Errno.ENOTTY) {
        throw other;
      }
    }
    before.put(node, formats);
  }

  /** Sets them back; nobody has the devices open any more. */
  void restore(FileTable files) {
    before.forEach((node, formats) -> restore(files, node, formats));
    before.clear();
  }

  private void restore(FileTable files, String node, Map<Integer, V4l2Format> formats) {
    if (formats.isEmpty()) {
      return;
    }
    int descriptor = nodes.open(files, node, OpenFlags.O_RDWR);
    formats.forEach(
        (type, format) ->
            V4l2FormatIoctl.set(
                files, descriptor, type, format.width(), format.height(), format.fourcc()));
    files.close(descriptor);
  }
}
