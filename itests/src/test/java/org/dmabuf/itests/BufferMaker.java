package org.dmabuf.itests;

import java.util.List;
import java.util.function.LongFunction;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.file.DeviceNode;
import org.dmabuf.file.OpenFlags;
import org.dmabuf.gem.DumbExport;
import org.dmabuf.heap.udmabuf.UdmabufDevice;
import org.dmabuf.memory.MemoryFile;
import org.dmabuf.negotiation.BufferRequest;
import org.dmabuf.negotiation.ExporterOffer;
import org.dmabuf.negotiation.Importer;
import org.dmabuf.negotiation.ImporterNeeds;
import org.dmabuf.negotiation.NegotiatedBuffer;
import org.dmabuf.negotiation.Negotiation;
import org.dmabuf.negotiation.Placement;
import org.dmabuf.video.node.V4l2Client;
import org.dmabuf.video.node.VideoPixels;
import org.dmabuf.video.queue.MemoryType;
import org.osgi.framework.BundleContext;

/** An exporter: whom it suits, and its buffers by descriptor. */
abstract class BufferMaker {
  /** A camera that exports buffers of its own; who wants it configures it. */
  static final String MMAP = "camera-mmap";

  private final DmaBufRegistry registry;
  private final String name;

  private BufferMaker(DmaBufRegistry registry, String name) {
    this.registry = registry;
    this.name = name;
  }

  /** Names of all there are. */
  static List<String> names() {
    return List.of("system", "reserved", "gem", "vram", "udmabuf", "vkms", MMAP);
  }

  /** Returns the exporter of a name. */
  static BufferMaker of(BundleContext context, DmaBufRegistry registry, String name) {
    int page = registry.pageSize();
    return switch (name) {
      case "udmabuf" -> {
        UdmabufDevice device = Services.get(context, UdmabufDevice.class);
        yield new ByProgram(registry, name, bytes -> udmabuf(registry, device, whole(bytes, page)));
      }
      case "vkms" -> {
        DeviceNode node = node(context, name);
        DumbExport dumb = new DumbExport(name, node, page);
        int flags = OpenFlags.O_RDWR | OpenFlags.O_CLOEXEC;
        yield new ByProgram(
            registry, name, bytes -> dumb.allocate(registry.files(), bytes, flags, 0));
      }
      case MMAP -> {
        DeviceNode node = node(context, name);
        yield new ByProgram(registry, name, bytes -> mmapBuffer(registry, node, bytes));
      }
      default -> {
        Until.holds(
            () -> registry.exporters().stream().anyMatch(offer -> offer.name().equals(name)),
            () -> "an exporter " + name);
        yield new ByNegotiation(registry, name);
      }
    };
  }

  private static DeviceNode node(BundleContext context, String name) {
    return Services.get(context, DeviceNode.class, DeviceNode.NAME, name);
  }

  private static long whole(long bytes, int page) {
    return Math.ceilDiv(bytes, page) * page;
  }

  private static int udmabuf(DmaBufRegistry registry, UdmabufDevice device, long bytes) {
    int memfd = registry.memfd(registry.files(), "frames", bytes, MemoryFile.F_SEAL_SHRINK, true);
    try {
      return device.create(registry.files(), memfd, 0, bytes, UdmabufDevice.UDMABUF_FLAGS_CLOEXEC);
    } finally {
      registry.files().close(memfd);
    }
  }

  /** The device's own memory, which lives on as long as its descriptor. */
  private static int mmapBuffer(DmaBufRegistry registry, DeviceNode node, long bytes) {
    try (V4l2Client camera = V4l2Client.open(node, registry.files())) {
      int height = Math.toIntExact(Math.ceilDiv(bytes, CombinationsIT.WIDTH));
      camera.setFormat(VideoPixels.GREY, CombinationsIT.WIDTH, height);
      camera.requestBuffers(MemoryType.MMAP, 1);
      return camera.export(0, 0);
    }
  }

  final String name() {
    return name;
  }

  final DmaBufRegistry registry() {
    return registry;
  }

  /** Asks whether it suits all. */
  abstract Negotiation negotiate(BufferRequest request, List<ImporterNeeds> devices);

  /** Makes a buffer that suits all; returns its descriptor. */
  abstract int make(BufferRequest request, List<ImporterNeeds> devices);

  /** Makes one whomever it suits; returns its descriptor. */
  final int make(long bytes) {
    return make(BufferRequest.bytes(bytes), List.of());
  }

  /** One that takes part in negotiations. */
  private static final class ByNegotiation extends BufferMaker {
    ByNegotiation(DmaBufRegistry registry, String name) {
      super(registry, name);
    }

    @Override
    Negotiation negotiate(BufferRequest request, List<ImporterNeeds> devices) {
      return registry().negotiate(request.from(name()), devices.toArray(Importer[]::new));
    }

    @Override
    int make(BufferRequest request, List<ImporterNeeds> devices) {
      NegotiatedBuffer made =
          registry().allocate(request.from(name()), devices.toArray(Importer[]::new));
      return registry().fd(made.buffer(), registry().files(), true);
    }
  }

  /** A device that programs ask themselves: they negotiate for it by what they know of it. */
  private static final class ByProgram extends BufferMaker {
    private final LongFunction<Integer> allocate;

    ByProgram(DmaBufRegistry registry, String name, LongFunction<Integer> allocate) {
      super(registry, name);
      this.allocate = allocate;
    }

    @Override
    Negotiation negotiate(BufferRequest request, List<ImporterNeeds> devices) {
      ExporterOffer pages = ExporterOffer.of(name(), Placement.ofPages("memory", 0));
      return Negotiation.of(request, devices, List.of(pages));
    }

    @Override
    int make(BufferRequest request, List<ImporterNeeds> devices) {
      Negotiation answer = negotiate(request, devices);
      return allocate.apply(answer.specOf(answer.best().orElseThrow()).bytes());
    }
  }
}
