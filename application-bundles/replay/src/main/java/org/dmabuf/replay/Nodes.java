package org.dmabuf.replay;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.file.DeviceNode;
import org.dmabuf.file.FileTable;

/**
 * The product's devices that are opened by name; of two with one name, the one that came first.
 *
 * <p>Thread-safe.
 */
final class Nodes {
  private final List<DeviceNode> all = new CopyOnWriteArrayList<>();

  void add(DeviceNode node) {
    all.add(node);
  }

  void remove(DeviceNode node) {
    all.remove(node);
  }

  /**
   * Opens a device.
   *
   * @return its descriptor
   * @throws DmaBufException ENOENT when there is none of that name
   */
  int open(FileTable files, String name, int flags) {
    for (DeviceNode node : all) {
      if (node.name().equals(name)) {
        return node.open(files, flags);
      }
    }
    throw new DmaBufException(
        Errno.ENOENT,
        "There is no device '"
            + name
            + "'; there are "
            + all.stream().map(DeviceNode::name).toList());
  }
}
