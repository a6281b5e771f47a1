package org.dmabuf.storm.guest;

import java.util.ArrayList;
import java.util.List;
import org.dmabuf.Attachment;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.DmaDevice;
import org.dmabuf.DmaDirection;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceContext;
import org.dmabuf.file.DeviceNode;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.OpenFlags;
import org.dmabuf.heap.udmabuf.UdmabufDevice;
import org.dmabuf.memory.MemoryFile;
import org.dmabuf.negotiation.BufferRequest;
import org.dmabuf.negotiation.NegotiatedBuffer;
import org.dmabuf.resv.DmaResv;
import org.dmabuf.resv.Usage;
import org.dmabuf.sync.SyncObjIoctl;
import org.dmabuf.video.node.V4l2Client;
import org.dmabuf.video.node.VideoPixels;
import org.dmabuf.video.queue.MemoryType;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;

/**
 * A client that takes what drivers have for it, and goes without giving anything back: the
 * framework does that for it.
 *
 * <pre>
 *   a buffer of whoever makes one   mapped, with a promise to write to it
 *   a buffer of its own memory      udmabuf
 *   a sync object                   of a node that has them
 *   a stream                        of a camera, into the camera's own memory
 * </pre>
 *
 * <p>It is packed from this one class: it may name no other of its bundle.
 */
public final class Guest implements BundleActivator {
  private static final long SIZE = 64 * 1024;
  private static final int WIDTH = 64;
  private static final int HEIGHT = 48;

  // Kept: what is dropped ends when the collector finds it, not with its bundle.
  private final List<Object> things = new ArrayList<>();

  @Override
  public void start(BundleContext context) {
    DmaBufRegistry registry = context.getService(context.getServiceReference(DmaBufRegistry.class));
    take(() -> buffer(registry));
    ServiceReference<UdmabufDevice> maker = context.getServiceReference(UdmabufDevice.class);
    if (maker != null) {
      take(() -> ownMemory(registry, context.getService(maker)));
    }
    take(() -> syncObject(context, registry.files()));
    take(() -> stream(context, registry.files()));
  }

  /** Nobody has one now, or calls fail on purpose: it stays without, or with a part of it. */
  private static void take(Runnable step) {
    try {
      step.run();
    } catch (DmaBufException refused) {
      // As with any client: it goes on with what else it wants.
      return;
    }
  }

  private void buffer(DmaBufRegistry registry) {
    NegotiatedBuffer made = registry.allocate(BufferRequest.bytes(SIZE));
    DmaBuf buffer = made.buffer();
    Attachment attachment = buffer.attach(DmaDevice.named("guest"));
    things.add(attachment);
    attachment.mapUnlocked(DmaDirection.BIDIRECTIONAL);
    registry.fd(buffer, registry.files(), true);
    FenceContext promises = registry.fenceContext("guest", "promises");
    things.add(promises);
    DmaFence fence = promises.create();
    DmaResv resv = attachment.resv();
    resv.lock();
    try {
      resv.reserveFences(1);
      resv.addFence(fence, Usage.WRITE);
    } finally {
      resv.unlock();
    }
  }

  private static void ownMemory(DmaBufRegistry registry, UdmabufDevice device) {
    FileTable files = registry.files();
    int memory = registry.memfd(files, "guest", SIZE, MemoryFile.F_SEAL_SHRINK, true);
    device.create(files, memory, 0, SIZE, UdmabufDevice.UDMABUF_FLAGS_CLOEXEC);
  }

  private static void syncObject(BundleContext context, FileTable files) {
    DeviceNode node = node(context, "virtio_gpu");
    if (node != null) {
      SyncObjIoctl.create(files, node.open(files, OpenFlags.O_RDWR), 0);
    }
  }

  private void stream(BundleContext context, FileTable files) {
    DeviceNode node = node(context, "vivid-cap");
    if (node != null) {
      V4l2Client camera = V4l2Client.open(node, files);
      things.add(camera);
      camera.setFormat(VideoPixels.GREY, WIDTH, HEIGHT);
      int count = camera.requestBuffers(MemoryType.MMAP, 2);
      for (int index = 0; index < count; index++) {
        camera.queue(camera.buffer(index));
      }
      camera.streamOn();
    }
  }

  /** One of that name; null when none is there. */
  private static DeviceNode node(BundleContext context, String name) {
    try {
      return context
          .getServiceReferences(DeviceNode.class, "(" + DeviceNode.NAME + "=" + name + ")")
          .stream()
          .findFirst()
          .map(context::getService)
          .orElse(null);
    } catch (InvalidSyntaxException impossible) {
      throw new IllegalStateException("The filter of node " + name + " is wrong", impossible);
    }
  }

  @Override
  public void stop(BundleContext context) {
    // Nothing: that is the point.
  }
}
