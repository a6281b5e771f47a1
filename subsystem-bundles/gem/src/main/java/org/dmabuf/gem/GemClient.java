package org.dmabuf.gem;

import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import org.dmabuf.DmaBufException;
import org.dmabuf.file.DeviceNode;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.OpenFlags;

/**
 * An open GEM device for Java code: {@link GemIoctl} with handles that are objects.
 *
 * <pre>
 *   try (GemClient gem = GemClient.open(device, registry.files());
 *        GemHandle picture = gem.createDumb(640, 480, 32)) {
 *     int fd = picture.export(true);      // for any importer
 *   }
 * </pre>
 *
 * <p>Thread-safe. Closing it closes its handles. Kernel counterpart: the file descriptor of {@code
 * /dev/dri/cardN}.
 */
public final class GemClient implements AutoCloseable {
  private final FileTable files;
  private final int device;
  private final Map<Integer, GemHandle> handles = new ConcurrentHashMap<>();

  private GemClient(FileTable files, int device) {
    this.files = files;
    this.device = device;
  }

  /**
   * Opens a device.
   *
   * @param node the device, never null
   * @param files the table that gets its descriptor, with close on exec, never null
   * @throws DmaBufException as {@link DeviceNode#open}
   */
  public static GemClient open(DeviceNode node, FileTable files) {
    Objects.requireNonNull(files, "files");
    return new GemClient(files, node.open(files, OpenFlags.O_RDWR | OpenFlags.O_CLOEXEC));
  }

  /** Returns the device's descriptor, for {@link GemIoctl}. */
  public int descriptor() {
    return device;
  }

  /**
   * Makes a zeroed object for a picture; as {@link GemIoctl#createDumb}.
   *
   * @param width pixels, 1 or more
   * @param height rows, 1 or more
   * @param bpp bits for each pixel, 1 or more
   * @return its handle, never null
   * @throws DmaBufException EINVAL, ENOMEM, ENODEV; EBADF after close
   */
  public GemHandle createDumb(int width, int height, int bpp) {
    DumbBuffer made = GemIoctl.createDumb(files, device, width, height, bpp);
    return listed(made.handle(), made.size(), OptionalInt.of(made.pitch()));
  }

  /**
   * Returns the handle of a dma-buf, the same for the same dma-buf until it is closed; as {@link
   * GemIoctl#fdToHandle}. Who imports and closes the same one on two threads orders them.
   *
   * @param fd a descriptor of the table that the device was opened with
   * @return its handle, never null
   * @throws DmaBufException EBADF, EINVAL, ENODEV; the exporter's errors
   */
  public GemHandle importBuffer(int fd) {
    int handle = GemIoctl.fdToHandle(files, device, fd);
    return listed(handle, files.stat(fd).size(), OptionalInt.empty());
  }

  /** Closes the device and with it all handles. Idempotent. */
  @Override
  public void close() {
    handles.values().forEach(GemHandle::forget);
    handles.clear();
    try {
      files.close(device);
    } catch (DmaBufException done) {
      // Closed before, or with the table.
      return;
    }
  }

  FileTable files() {
    return files;
  }

  void closed(GemHandle handle) {
    handles.remove(handle.number(), handle);
  }

  private GemHandle listed(int number, long size, OptionalInt pitch) {
    return handles.computeIfAbsent(number, fresh -> new GemHandle(this, fresh, size, pitch));
  }
}
