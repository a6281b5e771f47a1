package org.dmabuf.display.uapi;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.dmabuf.Errno;
import org.dmabuf.display.kms.KmsFile;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.Ioctl;
import org.dmabuf.file.IoctlStruct;
import org.dmabuf.file.PollEvents;

/**
 * What an open device node does of mode setting; memory is another's, who asks this one first.
 *
 * <p>Thread-safe. Kernel counterpart: the {@code DRM_IOCTL_MODE_*} of {@code drm_ioctls[]}.
 */
public final class KmsNodeFile implements AutoCloseable {
  private final KmsNode node;
  private final FileTable owner;
  private final KmsFile kms;
  private final ClientCaps caps = new ClientCaps();

  KmsNodeFile(KmsNode node, FileTable owner, KmsFile kms, Runnable told) {
    this.node = node;
    this.owner = owner;
    this.kms = kms;
    kms.setListener(Objects.requireNonNull(told, "told"));
  }

  /** Returns whether a request is one of mode setting, by its number alone. */
  public static boolean isOurs(int request) {
    return Ioctl.type(request) == KmsIoctl.TYPE && KmsNumber.of(request).isPresent();
  }

  /**
   * Does what a request asks.
   *
   * @param caller the program's descriptors, never null
   * @param request one of which {@link #isOurs} is true
   * @param argument the program's memory, never null
   * @param buffers those of this open file, never null
   * @throws org.dmabuf.DmaBufException as the calls of {@link KmsIoctl} say
   */
  public void ioctl(FileTable caller, int request, MemorySegment argument, KmsBuffers buffers) {
    KmsNumber number = KmsNumber.of(request).orElseThrow();
    if (number.needsMaster() && !kms.isMaster()) {
      throw node.refused(
          Errno.EACCES,
          "was asked by " + owner.owner() + " for " + number + ", which is for the master only");
    }
    KmsRequest call =
        new KmsRequest(
            node,
            this,
            caller,
            Ioctl.number(request),
            IoctlStruct.of(request, argument),
            argument,
            buffers);
    switch (number) {
      case GET_CAP -> ClientCaps.get(call);
      case SET_CLIENT_CAP -> caps.set(call);
      case WAIT_VBLANK -> VblankCalls.await(call);
      case GETRESOURCES -> ResourceCalls.resources(call);
      case GETCRTC -> ResourceCalls.crtc(call);
      case SETCRTC -> CommitCalls.setCrtc(call);
      case GETENCODER -> ResourceCalls.encoder(call);
      case GETCONNECTOR -> ConnectorCalls.connector(call);
      case GETPROPERTY -> PropertyCalls.property(call);
      case GETPROPBLOB -> PropertyCalls.blob(call);
      case RMFB -> FramebufferCalls.remove(call);
      case PAGE_FLIP -> CommitCalls.pageFlip(call);
      case GETPLANERESOURCES -> ResourceCalls.planes(call);
      case GETPLANE -> ResourceCalls.plane(call);
      case ADDFB2 -> FramebufferCalls.add(call);
      case OBJ_GETPROPERTIES -> PropertyCalls.properties(call);
      case ATOMIC -> CommitCalls.atomic(call);
      case CREATEPROPBLOB -> PropertyCalls.createBlob(call);
      case DESTROYPROPBLOB -> PropertyCalls.destroyBlob(call);
      case GETFB2 -> FramebufferCalls.get(call);
      case CLOSEFB -> FramebufferCalls.close(call);
    }
  }

  /** Returns what is ready: IN when there is an event. */
  public int poll(int events) {
    return kms.hasEvent() ? events & PollEvents.POLLIN : 0;
  }

  /**
   * Reads as many whole events as there are and fit; never waits.
   *
   * @return the bytes read
   * @throws org.dmabuf.DmaBufException EAGAIN when there is no event
   */
  public long read(MemorySegment to) {
    return EventBytes.read(node, kms, to);
  }

  /** The last descriptor is closed; as {@link KmsFile#close()}. */
  @Override
  public void close() {
    kms.close();
    node.blobs().removeAll(this);
  }

  KmsFile kms() {
    return kms;
  }

  ClientCaps caps() {
    return caps;
  }
}
