package org.dmabuf.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Dictionary;
import java.util.Optional;
import java.util.OptionalLong;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.display.Picture;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.pipeline.Pipeline;
import org.dmabuf.pipeline.PipelineCounters;
import org.dmabuf.pipeline.PipelineListener;
import org.dmabuf.pipeline.PipelineStatus;
import org.dmabuf.video.FrameSourceFactory;
import org.dmabuf.video.OpenFrameSource;
import org.dmabuf.video.SourceInfo;
import org.dmabuf.video.SourceRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class PipelineCommandTest {
  private final Rig rig = new Rig();
  private final ConfigurationsForTest configurations = new ConfigurationsForTest();
  private final PipelineCommand command =
      new PipelineCommand(rig, rig.shell, configurations.admin(), new Probe());

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void shouldMakeWhatAPipelineNeedsAndTakeItBack() throws InterruptedException {
    Idle pipeline = new Idle();
    rig.offer(Pipeline.class, "p 1", "shell", pipeline);

    String said = command.pipeline("30", 6, "example", "start", "clip.y4m");

    assertThat(said).startsWith("Pipeline shell shows clip.y4m, YUV420 320x240");
    assertThat(configurations.there.keySet())
        .containsExactly(
            "org.dmabuf.media.source",
            "org.dmabuf.v4l2.capture",
            "org.dmabuf.display",
            Pipeline.PID);
    Dictionary<String, ?> source = configurations.there.get("org.dmabuf.media.source");
    assertThat(source.get("location")).isEqualTo("clip.y4m");
    assertThat(source.get("loop")).as("a file begins anew").isEqualTo(true);
    Dictionary<String, ?> made = configurations.there.get(Pipeline.PID);
    assertThat(made.get("rate")).isEqualTo("30");
    assertThat(made.get("buffers")).isEqualTo(6);
    assertThat(made.get("exporter.target")).isEqualTo("(dmabuf.exporter=example)");
    assertThat(made.get("width")).isEqualTo(320);

    assertThat(command.pipeline("60", 4, "system", "stop")).contains("all was given back");

    assertThat(configurations.there).isEmpty();
    assertThat(configurations.deleted)
        .containsExactly(
            Pipeline.PID,
            "org.dmabuf.display",
            "org.dmabuf.v4l2.capture",
            "org.dmabuf.media.source");
  }

  @Test
  void shouldShowTheTestPatternWhenNothingIsNamed() throws InterruptedException {
    rig.offer(Pipeline.class, "p 1", "shell", new Idle());
    command.pipeline("60", 4, "system", "start");
    assertThat(configurations.there.get("org.dmabuf.media.source").get("location"))
        .isEqualTo("pattern");
    assertThatThrownBy(() -> command.pipeline("60", 4, "system", "start"))
        .isInstanceOfSatisfying(
            DmaBufException.class, busy -> assertThat(busy.errno()).isEqualTo(Errno.EBUSY));
  }

  @Test
  void shouldLeaveNothingWhenThePipelineDoesNotCome() {
    assertThatThrownBy(() -> command.pipeline("60", 4, "system", "start"))
        .hasMessageContaining("did not come");
    assertThat(configurations.there).isEmpty();
  }

  @Test
  void shouldLeaveNothingWhenAConfigurationCannotBeStored() {
    configurations.broken = Pipeline.PID;
    assertThatThrownBy(() -> command.pipeline("60", 4, "system", "start"))
        .isInstanceOfSatisfying(
            DmaBufException.class, failed -> assertThat(failed.errno()).isEqualTo(Errno.EIO))
        .hasMessageContaining("disk full");
    assertThat(configurations.there).isEmpty();
  }

  @Test
  void shouldTakeThePipelineDownWithTheBundle() throws InterruptedException {
    rig.offer(Pipeline.class, "p 1", "shell", new Idle());
    command.pipeline("60", 4, "system", "start");
    command.leave();
    assertThat(configurations.there).isEmpty();
  }

  @Test
  void shouldSayWhatItKnows() throws InterruptedException {
    assertThat(command.pipeline("60", 4, "system", "stop")).contains("not started");
    assertThatThrownBy(() -> command.pipeline("60", 4, "system", "begin"))
        .hasMessageContaining("start [SOURCE] and stop");
    assertThatThrownBy(() -> command.pipeline("60", 4, "system", "stop", "it"))
        .hasMessageContaining("start [SOURCE] and stop");
  }

  /** Finds fifty frames in a file, and no end in a loop or the pattern. */
  private static final class Probe implements FrameSourceFactory {
    @Override
    public SourceInfo probe(SourceRequest request) {
      boolean endless = request.loop() || request.location().equals("pattern");
      return new SourceInfo(
          request.location(),
          PixelFormat.YUV420,
          320,
          240,
          30,
          1,
          endless ? OptionalLong.empty() : OptionalLong.of(50),
          false,
          Optional.empty());
    }

    @Override
    public OpenFrameSource open(SourceRequest request) {
      throw new UnsupportedOperationException();
    }
  }

  private static final class Idle implements Pipeline {
    @Override
    public String name() {
      return "shell";
    }

    @Override
    public PipelineStatus status() {
      return new PipelineStatus(PipelineStatus.State.RUNNING, "");
    }

    @Override
    public PipelineCounters counters() {
      return new PipelineCounters(
          9, 9, 0, 0, 0, 0, 0, 0, 0, 0, new PipelineCounters.Latency(0, 0, 0));
    }

    @Override
    public void addListener(PipelineListener listener) {}

    @Override
    public void removeListener(PipelineListener listener) {}

    @Override
    public void allow(long frames) {}

    @Override
    public Optional<Picture> snapshot() {
      return Optional.empty();
    }
  }
}
