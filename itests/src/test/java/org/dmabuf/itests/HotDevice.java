package org.dmabuf.itests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.dmabuf.CpuMapping;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.Errno;
import org.dmabuf.display.kms.AtomicFlag;
import org.dmabuf.display.kms.AtomicRequest;
import org.dmabuf.display.kms.DisplayDevice;
import org.dmabuf.display.kms.KmsFile;
import org.dmabuf.file.DeviceNode;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.MmapFlags;
import org.dmabuf.file.OpenFlags;
import org.dmabuf.sync.SyncObjIoctl;
import org.dmabuf.video.node.V4l2Client;
import org.dmabuf.video.node.VideoPixels;
import org.dmabuf.video.queue.MemoryType;
import org.osgi.framework.BundleContext;

/** A device as a program has it that keeps it open while its driver goes. */
interface HotDevice {
  /** The name of the display that is configured for the display's driver. */
  String DISPLAY = "hotplug";

  /**
   * Opens it, anew after its driver has come again, and uses it; who calls closes it.
   *
   * @return what is in use
   */
  Held open();

  /** What a program has of a device. */
  interface Held extends AutoCloseable {
    /** Goes on with it after its driver has gone: what cannot be is refused with ENODEV. */
    void isOrphan();

    @Override
    void close();
  }

  /** Uses it once, from its opening to its end. */
  default void check() {
    open().close();
  }

  /** Returns the device of a driver, by the symbolic name of its bundle. */
  static HotDevice of(BundleContext context, DmaBufRegistry registry, String driver) {
    return switch (driver) {
      case "org.dmabuf.exporter.heap" -> () -> new Mapped(context, registry, "system");
      case "org.dmabuf.exporter.udmabuf" -> () -> new Mapped(context, registry, "udmabuf");
      case "org.dmabuf.exporter.gem" -> () -> new Mapped(context, registry, "gem");
      case "org.dmabuf.exporter.vram" -> () -> new Mapped(context, registry, "vram");
      case "org.dmabuf.exporter.virtio" -> () -> new SyncObjects(context, registry);
      case "org.dmabuf.importer.v4l2" -> () -> new Camera(context, registry);
      case "org.dmabuf.importer.display" -> () -> new Screen(context, registry);
      default -> throw new AssertionError("No device is known of driver " + driver);
    };
  }

  /** A buffer of an exporter that a program has mapped; both outlive the driver. */
  final class Mapped implements Held {
    private static final long SIZE = 64 * 1024;
    private static final int SAMPLE = 77;
    private static final int RW = MmapFlags.PROT_READ | MmapFlags.PROT_WRITE;

    private final FileTable files;
    private final int fd;
    private final CpuMapping mapping;

    Mapped(BundleContext context, DmaBufRegistry registry, String exporter) {
      files = registry.files();
      fd = BufferMaker.of(context, registry, exporter).make(SIZE);
      mapping = files.mmap(fd, SIZE, 0, RW, MmapFlags.MAP_SHARED);
      assertThat(mapping.load(SIZE - 1)).as("a byte of a new buffer").isZero();
      mapping.store(SIZE - 1, SAMPLE);
      holds();
    }

    private void holds() {
      assertThat(mapping.load(SIZE - 1)).as("the byte that was written").isEqualTo(SAMPLE);
    }

    @Override
    public void isOrphan() {
      holds();
      try (CpuMapping other = files.mmap(fd, SIZE, 0, RW, MmapFlags.MAP_SHARED)) {
        assertThat(other.load(SIZE - 1)).as("the byte, mapped anew").isEqualTo(SAMPLE);
      }
    }

    @Override
    public void close() {
      mapping.close();
      files.close(fd);
    }
  }

  /** A node of sync objects, which have nothing of the driver: they go on without it. */
  final class SyncObjects implements Held {
    private final FileTable files;
    private final int fd;

    SyncObjects(BundleContext context, DmaBufRegistry registry) {
      files = registry.files();
      fd =
          Services.get(context, DeviceNode.class, DeviceNode.NAME, "virtio_gpu")
              .open(files, OpenFlags.O_RDWR);
      SyncObjIoctl.create(files, fd, 0);
    }

    @Override
    public void isOrphan() {
      SyncObjIoctl.create(files, fd, 0);
    }

    @Override
    public void close() {
      files.close(fd);
    }
  }

  /** A camera that streams. */
  final class Camera implements Held {
    private static final Duration BOUND = Duration.ofSeconds(60);
    private static final int WIDTH = 64;
    private static final int HEIGHT = 48;
    private static final int BUFFERS = 2;

    private final V4l2Client client;

    Camera(BundleContext context, DmaBufRegistry registry) {
      DeviceNode node = Services.get(context, DeviceNode.class, DeviceNode.NAME, "vivid-cap");
      client = V4l2Client.open(node, registry.files());
      client.setFormat(VideoPixels.GREY, WIDTH, HEIGHT);
      assertThat(client.requestBuffers(MemoryType.MMAP, BUFFERS)).isEqualTo(BUFFERS);
      client.queue(client.buffer(0));
      client.queue(client.buffer(1));
      client.streamOn();
      assertThat(client.dequeue(BOUND)).as("a frame").isPresent();
    }

    @Override
    public void isOrphan() {
      assertThatThrownBy(() -> client.queue(client.buffer(0)))
          .hasMessageContaining(Errno.ENODEV.name());
      assertThatThrownBy(this::takeAll).hasMessageContaining(Errno.ENODEV.name());
    }

    /** What was done before the driver went is there to be taken. */
    private void takeAll() {
      for (int taken = 0; taken <= BUFFERS; taken++) {
        assertThat(client.dequeue(BOUND)).as("a frame, or ENODEV").isPresent();
      }
    }

    @Override
    public void close() {
      client.close();
    }
  }

  /** A display that is lit. */
  final class Screen implements Held {
    private final DisplayDevice device;
    private final KmsFile file;

    Screen(BundleContext context, DmaBufRegistry registry) {
      device = Services.get(context, DisplayDevice.class, DisplayDevice.NAME, DISPLAY);
      file = device.open(registry.files());
      light();
      assertThat(file.isMaster()).as("whose the screen is").isTrue();
    }

    private void light() {
      file.commit(
          new AtomicRequest()
              .light(
                  device.crtcs().getFirst(),
                  device.connectors().getFirst(),
                  device.connectors().getFirst().modes().getFirst()),
          AtomicFlag.ALLOW_MODESET);
    }

    @Override
    public void isOrphan() {
      assertThat(file.isOpen()).as("whether the screen is there").isFalse();
      assertThatThrownBy(this::light).hasMessageContaining(Errno.ENODEV.name());
    }

    @Override
    public void close() {
      file.close();
    }
  }

  /** What must be configured for a driver to have its device. */
  static void configure(PipelineFixture configurations, String driver) {
    if (driver.equals("org.dmabuf.importer.display")) {
      configurations.add("org.dmabuf.display", Map.of("device", DISPLAY, "screens", "64x48@1000"));
    }
  }
}
