package org.dmabuf.pipeline.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.dmabuf.DmaBufCore;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.DmaDevice;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.pipeline.Conversion;
import org.dmabuf.pipeline.Rate;
import org.dmabuf.video.ConverterDevice;
import org.dmabuf.video.VideoDeviceInfo;
import org.dmabuf.video.node.CapturedBuffer;
import org.dmabuf.video.node.ControlInfo;
import org.dmabuf.video.node.Controls;
import org.dmabuf.video.node.FrameJob;
import org.dmabuf.video.node.FrameWorker;
import org.dmabuf.video.node.NodeDriver;
import org.dmabuf.video.queue.FrameResult.Outcome;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Frames through a converter that may leave at any moment. */
@Timeout(30)
class ConverterStageTest {
  private static final Settings SETTINGS =
      new Settings(
          "test",
          PixelFormat.GREY,
          64,
          48,
          Rate.parse("max"),
          3,
          Long.MAX_VALUE,
          Long.MAX_VALUE,
          Settings.OnError.CONTINUE,
          true,
          false,
          Optional.empty(),
          Optional.empty(),
          1,
          1,
          Optional.of(new Conversion(PixelFormat.GREY, 0, 0)),
          Optional.empty());

  private final DmaBufCore core = DmaBufCore.create();
  private final DmaBufRegistry driver = core.open("driver");
  private final DmaBufRegistry pipeline = core.open("pipeline");
  private final Semaphore woken = new Semaphore(0);
  private final FrameLedger ledger = new FrameLedger("test", false);
  private final Flight flight = new Flight(ledger);

  private ConverterDevice device(FrameWorker worker) {
    VideoDeviceInfo info =
        new VideoDeviceInfo("convert", "test", "1", List.of(PixelFormat.GREY), 64, 16, 1024);
    NodeDriver node =
        new NodeDriver() {
          @Override
          public List<ControlInfo> controls() {
            return List.of();
          }

          @Override
          public FrameWorker worker(Controls controls) {
            return worker;
          }
        };
    return new ConverterDevice(driver, info, DmaDevice.named("convert"), node);
  }

  private ConverterStage open(ConverterDevice device, Buffers sources, Buffers targets) {
    ConverterStage stage = new ConverterStage(device, SETTINGS, pipeline.files(), woken::release);
    stage.use(sources, targets);
    return stage;
  }

  private Ticket captured(Slot slot, long index) {
    Ticket ticket = flight.prepare(slot);
    flight.begin(ticket);
    ticket.captured(index, 1, 1);
    return ticket;
  }

  private CapturedBuffer next(ConverterStage stage) throws InterruptedException {
    Optional<CapturedBuffer> made = stage.next();
    while (made.isEmpty()) {
      woken.acquire();
      made = stage.next();
    }
    return made.get();
  }

  private static Outcome copy(FrameJob job) {
    FrameJob.Convert convert = (FrameJob.Convert) job;
    byte[] row = new byte[64];
    for (int y = 0; y < 48; y++) {
      convert.source().readRow(0, y, row, 0);
      convert.target().writeRow(0, y, row, 0);
    }
    return Outcome.DONE;
  }

  @AfterEach
  void close() {
    assertThat(pipeline.holdings().attachments()).isZero();
    assertThat(pipeline.holdings().mappings()).isZero();
    assertThat(pipeline.holdings().fences()).isZero();
    core.close();
  }

  @Test
  void shouldHandOutWhatItMadeInOrder() throws Exception {
    try (ConverterDevice device = device(ConverterStageTest::copy);
        Buffers sources = TestExporter.buffers(core, pipeline, device);
        Buffers targets = TestExporter.buffers(core, pipeline, device);
        ConverterStage stage = open(device, sources, targets)) {
      for (int i = 0; i < 9; i++) {
        Ticket ticket = captured(sources.free().orElseThrow(), i);
        Slot target = targets.free().orElseThrow();
        assertThat(stage.convert(ticket, target, sources.layout().size())).isTrue();
        CapturedBuffer made = next(stage);
        assertThat(made.index()).isEqualTo(target.index());
        assertThat(made.status()).isEqualTo(CapturedBuffer.Status.DONE);
        assertThat(stage.taken(made)).isSameAs(ticket);
        flight.converted(ticket, made);
        assertThat(ticket.writtenChecksum()).as("of what was made").isEqualTo(made.checksum());
        target.setState(Slot.State.FREE);
      }
      assertThat(stage.pending()).isZero();
    }
  }

  /** One conversion is at work when the driver leaves, another one waits. */
  @Test
  void shouldLeaveWhatIsNotDoneToTheNextConverter() throws Exception {
    CountDownLatch working = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    ConverterDevice leaving =
        device(
            job -> {
              working.countDown();
              try {
                go.await();
              } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
              }
              return copy(job);
            });
    try (Buffers sources = TestExporter.buffers(core, pipeline, leaving);
        Buffers targets = TestExporter.buffers(core, pipeline, leaving);
        ConverterDevice successor = device(ConverterStageTest::copy)) {
      ConverterStage stage = open(leaving, sources, targets);
      Ticket first = captured(sources.slots().get(0), 0);
      Ticket second = captured(sources.slots().get(1), 1);
      long bytes = sources.layout().size();
      assertThat(stage.convert(first, targets.slots().get(0), bytes)).isTrue();
      assertThat(stage.convert(second, targets.slots().get(1), bytes)).isTrue();
      working.await();
      CompletableFuture<Void> end = CompletableFuture.runAsync(leaving::close);
      while (!isGone(leaving)) {
        Thread.onSpinWait();
      }
      go.countDown();
      end.get();
      while (stage.state() != ConverterStage.State.GONE) {
        stage.next().ifPresent(made -> flight.converted(stage.taken(made), made));
      }
      stage.abandon();
      stage.close();
      assertThat(second.conversion()).isEqualTo(Ticket.Conversion.NONE);
      assertThat(targets.slots().get(1).state()).isEqualTo(Slot.State.FREE);
      Ticket again = flight.nextToConvert().orElseThrow();
      try (ConverterStage next = open(successor, sources, targets)) {
        assertThat(next.convert(again, targets.free().orElseThrow(), bytes)).isTrue();
        CapturedBuffer made = next(next);
        flight.converted(next.taken(made), made);
        assertThat(again.conversion()).isEqualTo(Ticket.Conversion.DONE);
      }
      assertThat(ledger.counters().errors()).isZero();
    }
  }

  private static boolean isGone(ConverterDevice device) {
    try {
      device.needs();
      return false;
    } catch (DmaBufException gone) {
      return true;
    }
  }
}
