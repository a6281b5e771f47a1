package org.dmabuf.benchmarks.probe;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.benchmarks.product.Probe;
import org.dmabuf.file.OpenFlags;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.heap.HeapDevice;
import org.dmabuf.pipeline.Pipeline;
import org.dmabuf.pipeline.PipelinePlan;
import org.dmabuf.pipeline.PipelineSetup;
import org.dmabuf.video.SourceInfo;
import org.dmabuf.video.SourceRequest;
import org.osgi.framework.FrameworkUtil;
import org.osgi.service.cm.ConfigurationAdmin;

/** The probe, as a client of the product's services. */
final class ProductProbe implements Probe {
  private static final String OWN_HEAP = "measured";
  private static final String PIPELINE = "measured";
  private static final int PAGE = 4096;
  private static final int BUFFERS = 4;
  private static final int WIDTH = 640;
  private static final int HEIGHT = 480;

  private final Services services;
  private final List<DmaBuf> held = new ArrayList<>();
  private String heap = SYSTEM;
  private Optional<Running> running = Optional.empty();

  /** A pipeline that is followed. */
  private record Running(PipelineSetup setup, Frames frames) {}

  ProductProbe(Services services) {
    this.services = services;
  }

  @Override
  public void makeHeap(String policy) throws InterruptedException {
    heap = OWN_HEAP;
    services.use(
        ConfigurationAdmin.class,
        "",
        admin -> {
          try {
            admin
                .createFactoryConfiguration("org.dmabuf.heap.system", "?")
                .update(
                    FrameworkUtil.asDictionary(
                        Map.of("dmabuf.exporter", OWN_HEAP, "policy", policy)));
          } catch (IOException refused) {
            throw new UncheckedIOException("The heap cannot be configured", refused);
          }
        });
  }

  @Override
  public void hold(int buffers) throws InterruptedException {
    DmaBufRegistry registry = services.keep(DmaBufRegistry.class, "");
    services.use(
        HeapDevice.class,
        "(dmabuf.exporter=" + heap + ")",
        device -> {
          for (int i = 0; i < buffers; i++) {
            int fd = device.allocate(registry.files(), PAGE, OpenFlags.O_RDWR, 0);
            held.add(registry.get(fd));
            registry.files().close(fd);
          }
        });
  }

  @Override
  public void keep(int buffers) {
    while (held.size() > buffers) {
      held.removeLast().close();
    }
  }

  @Override
  public void startPipeline() throws InterruptedException {
    ConfigurationAdmin admin = services.keep(ConfigurationAdmin.class, "");
    SourceInfo info =
        new SourceInfo(
            PIPELINE,
            PixelFormat.NV12,
            WIDTH,
            HEIGHT,
            RATE,
            1,
            OptionalLong.empty(),
            false,
            Optional.empty());
    Running begun =
        new Running(
            PipelineSetup.start(
                admin,
                new PipelinePlan(
                    PIPELINE,
                    SourceRequest.of("pattern"),
                    info,
                    SYSTEM,
                    Integer.toString(RATE),
                    BUFFERS,
                    OptionalLong.empty(),
                    Long.MAX_VALUE,
                    Optional.empty())),
            new Frames());
    running = Optional.of(begun);
    services.keep(Pipeline.class, "").addListener(begun.frames());
    begun.frames().await(1);
  }

  @Override
  public void stopPipeline() {
    running.ifPresent(ended -> ended.setup().close());
    running = Optional.empty();
  }

  @Override
  public void beginPause() {
    frames().beginPause();
  }

  @Override
  public long endPause() throws InterruptedException {
    // As many as there are buffers may have been captured before.
    frames().await(BUFFERS + 1);
    return frames().longest();
  }

  private Frames frames() {
    return running
        .orElseThrow(() -> new IllegalStateException("There is no pipeline to look at"))
        .frames();
  }
}
