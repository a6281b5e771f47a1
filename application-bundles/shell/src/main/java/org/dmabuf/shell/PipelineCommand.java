package org.dmabuf.shell;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.DmaClock;
import org.dmabuf.Errno;
import org.dmabuf.pipeline.Pipeline;
import org.dmabuf.pipeline.PipelinePlan;
import org.dmabuf.pipeline.PipelineSetup;
import org.dmabuf.video.FrameSourceFactory;
import org.dmabuf.video.SourceInfo;
import org.dmabuf.video.SourceRequest;
import org.osgi.framework.BundleContext;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * The command {@code pipeline}: one pipeline to look at, from the shell.
 *
 * <pre>
 *   STOPPED --start--> STARTED --stop, the bundle stops--> STOPPED
 * </pre>
 *
 * <p>Thread-safe.
 */
@Component(
    service = PipelineCommand.class,
    immediate = true, // it lives on between two calls, and so does its pipeline
    property = {"osgi.command.scope=dmabuf", "osgi.command.function=pipeline"})
public final class PipelineCommand {
  private static final String NAME = "shell";
  private static final String PATTERN = "pattern";
  private static final long GOES_WITHIN_NANOS = 2_000_000_000;
  private static final long STEP_NANOS = 10_000_000;
  private static final Duration COMES_WITHIN = Duration.ofSeconds(15);

  private final ConfigurationAdmin admin;
  private final FrameSourceFactory sources;
  private final Services services;
  private final DmaBufRegistry registry;
  private long buffersBefore;
  private Optional<PipelineSetup> started = Optional.empty();

  /** Starts nothing yet. */
  @Activate
  public PipelineCommand(
      BundleContext context,
      @Reference DmaBufRegistry registry,
      @Reference ConfigurationAdmin admin,
      @Reference FrameSourceFactory sources) {
    this(new RegisteredServices(context), registry, admin, sources);
  }

  PipelineCommand(
      Services services,
      DmaBufRegistry registry,
      ConfigurationAdmin admin,
      FrameSourceFactory sources) {
    this.services = services;
    this.registry = registry;
    this.admin = admin;
    this.sources = sources;
  }

  /**
   * Starts or stops the shell's pipeline.
   *
   * @throws DmaBufException EINVAL for another verb, EBUSY when it is started already, and as
   *     {@link FrameSourceFactory#probe}
   * @throws InterruptedException when interrupted while the pipeline comes
   */
  @Descriptor("starts a pipeline on the test pattern, or stops it")
  public String pipeline(
      @Descriptor("frames a second, or max")
          @Parameter(
              names = {"-r", "--rate"},
              absentValue = "60")
          String rate,
      @Descriptor("how many buffers go round, 3 to 64")
          @Parameter(
              names = {"-b", "--buffers"},
              absentValue = "4")
          int buffers,
      @Descriptor("who allocates the buffers")
          @Parameter(
              names = {"-e", "--exporter"},
              absentValue = "system")
          String exporter,
      @Descriptor("start or stop") String verb)
      throws InterruptedException {
    return switch (verb) {
      case "start" -> start(rate, buffers, exporter, PATTERN);
      case "stop" -> stop();
      default -> throw unknown(verb);
    };
  }

  /** Starts the shell's pipeline on a source of one's own; fails as the other. */
  @Descriptor("starts a pipeline on a file, a folder or the test pattern")
  public String pipeline(
      @Descriptor("frames a second, or max")
          @Parameter(
              names = {"-r", "--rate"},
              absentValue = "60")
          String rate,
      @Descriptor("how many buffers go round, 3 to 64")
          @Parameter(
              names = {"-b", "--buffers"},
              absentValue = "4")
          int buffers,
      @Descriptor("who allocates the buffers")
          @Parameter(
              names = {"-e", "--exporter"},
              absentValue = "system")
          String exporter,
      @Descriptor("start") String verb,
      @Descriptor("pattern, or the path of a file or a folder") String source)
      throws InterruptedException {
    if (!verb.equals("start")) {
      throw unknown(verb);
    }
    return start(rate, buffers, exporter, source);
  }

  private synchronized String start(String rate, int buffers, String exporter, String location)
      throws InterruptedException {
    if (started.isPresent()) {
      throw new DmaBufException(
          Errno.EBUSY, "The shell's pipeline is started already; 'pipeline stop' first");
    }
    SourceRequest request = SourceRequest.of(location);
    SourceInfo info = sources.probe(request);
    if (info.frames().isPresent()) {
      request = request.withLoop(true);
      info = sources.probe(request);
    }
    PipelinePlan plan =
        new PipelinePlan(
            NAME,
            request,
            info,
            exporter,
            rate,
            buffers,
            OptionalLong.empty(),
            Long.MAX_VALUE,
            Optional.empty());
    buffersBefore = registry.holdings().buffers();
    started = Optional.of(PipelineSetup.start(admin, plan));
    if (!services.await(Pipeline.class, COMES_WITHIN)) {
      close();
      throw new DmaBufException(
          Errno.ETIMEDOUT,
          "The pipeline did not come within %d s; the log says why"
              .formatted(COMES_WITHIN.toSeconds()));
    }
    await(this::hasBegun);
    return "Pipeline %s shows %s, %s %dx%d; look with 'pipelines', 'devices' and 'buffers'."
        .formatted(NAME, location, info.format(), info.width(), info.height());
  }

  private synchronized String stop() throws InterruptedException {
    if (started.isEmpty()) {
      return "The shell's pipeline is not started.";
    }
    close();
    boolean clean = await(() -> registry.holdings().buffers() <= buffersBefore);
    return clean
        ? "The pipeline and its devices are taken down, and all was given back."
        : "The pipeline is taken down, but buffers are left; look with 'buffers -o'.";
  }

  private boolean hasBegun() {
    return ask(pipeline -> pipeline.status().isOver() || pipeline.counters().displayed() > 0)
        .allMatch(begun -> begun);
  }

  /** Asks the shell's own pipeline, when it is there. */
  private <A> Stream<A> ask(Function<Pipeline, A> question) {
    return services
        .ask(
            Pipeline.class,
            Pipeline.NAME,
            (who, pipeline) ->
                pipeline.name().equals(NAME)
                    ? Optional.of(question.apply(pipeline))
                    : Optional.<A>empty())
        .stream()
        .flatMap(Optional::stream);
  }

  private boolean await(BooleanSupplier condition) throws InterruptedException {
    DmaClock clock = registry.clock();
    long deadline = clock.nanos() + GOES_WITHIN_NANOS;
    while (!condition.getAsBoolean()) {
      if (deadline - clock.nanos() <= 0) {
        return false;
      }
      clock.sleepUntil(clock.nanos() + STEP_NANOS);
    }
    return true;
  }

  /** Takes the pipeline down with this bundle, and waits, bounded, until it is. */
  @Deactivate
  void leave() throws InterruptedException {
    stop();
  }

  private void close() {
    Optional<PipelineSetup> setup = started;
    started = Optional.empty();
    setup.ifPresent(PipelineSetup::close);
  }

  private static DmaBufException unknown(String verb) {
    return new DmaBufException(
        Errno.EINVAL, "'pipeline' knows start [SOURCE] and stop, and not '" + verb + "'");
  }
}
