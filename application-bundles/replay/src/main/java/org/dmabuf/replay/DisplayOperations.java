package org.dmabuf.replay;

import java.time.Duration;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.dmabuf.DmaBufException;
import org.dmabuf.display.uapi.AtomicIoctl;
import org.dmabuf.display.uapi.KmsIoctl;
import org.dmabuf.file.FileTable;
import org.dmabuf.format.Fourcc;

/** Framebuffers, flips and commits of displays, with the time that passed around them. */
final class DisplayOperations {
  private static final Map<String, Integer> FLIP = Map.of("EVENT", KmsIoctl.EVENT);
  private static final Map<String, Integer> ATOMIC =
      Map.of(
          "TEST_ONLY", KmsIoctl.TEST_ONLY,
          "NONBLOCK", KmsIoctl.NONBLOCK,
          "ALLOW_MODESET", KmsIoctl.ALLOW_MODESET);

  /** How long the recorder waited before it read events. */
  private static final Duration EVENTS = Duration.ofMillis(60);

  private DisplayOperations() {}

  static Map<String, Operation> all() {
    return Map.of(
        "addfb2", DisplayOperations::addFb,
        "rmfb", DisplayOperations::rmFb,
        "setcrtc", DisplayOperations::setCrtc,
        "page_flip", DisplayOperations::pageFlip,
        "flip_event", DisplayOperations::flipEvents,
        "atomic", DisplayOperations::atomic);
  }

  private static Answer addFb(TracedProcess process, Arguments arguments) {
    int device = arguments.descriptor("dev");
    int made =
        KmsIoctl.addFb2(
            process.files(),
            device,
            arguments.handle("handle", device),
            arguments.narrow("w"),
            arguments.narrow("h"),
            Fourcc.of(arguments.text("fourcc")),
            arguments.narrow("pitch"),
            arguments.narrow("offset"),
            arguments.has("modifier")
                ? OptionalLong.of(arguments.wide("modifier"))
                : OptionalLong.empty());
    arguments.as().ifPresent(name -> process.names().bindFramebuffer(name, device, made));
    return Answer.ok();
  }

  private static Answer rmFb(TracedProcess process, Arguments arguments) {
    int device = arguments.descriptor("dev");
    KmsIoctl.rmFb(process.files(), device, arguments.framebuffer("fb", device));
    return Answer.ok();
  }

  private static Answer setCrtc(TracedProcess process, Arguments arguments) {
    int device = arguments.descriptor("dev");
    FileTable files = process.files();
    Screen screen = Screen.of(files, device);
    int fb = arguments.framebuffer("fb", device);
    if (fb == 0) {
      KmsIoctl.switchOff(files, device, screen.crtc());
    } else {
      KmsIoctl.setCrtc(files, device, screen.crtc(), fb, screen.connector(), screen.mode());
    }
    return Answer.ok();
  }

  private static Answer pageFlip(TracedProcess process, Arguments arguments) {
    int device = arguments.descriptor("dev");
    FileTable files = process.files();
    awaitVblank(process, device);
    Screen screen = Screen.of(files, device);
    KmsIoctl.pageFlip(
        files,
        device,
        screen.crtc(),
        arguments.framebuffer("fb", device),
        arguments.flags("flags", FLIP),
        0);
    process.pause().begin();
    return Answer.ok();
  }

  private static Answer flipEvents(TracedProcess process, Arguments arguments) {
    int device = arguments.descriptor("dev");
    process.pause().pass(EVENTS);
    long flips =
        KmsIoctl.readEvents(process.files(), device).stream()
            .filter(KmsIoctl.Event::isFlip)
            .count();
    return Answer.ok().with("events", flips);
  }

  private static Answer atomic(TracedProcess process, Arguments arguments) {
    int device = arguments.descriptor("dev");
    FileTable files = process.files();
    int flags = arguments.flags("flags", ATOMIC);
    boolean test = (flags & KmsIoctl.TEST_ONLY) != 0;
    if (!test) {
      awaitVblank(process, device);
    }
    KmsIoctl.setClientCap(files, device, KmsIoctl.CAP_ATOMIC, 1);
    Screen screen = Screen.of(files, device);
    int mode = AtomicIoctl.createMode(files, device, screen.mode());
    try {
      AtomicIoctl commit = screen.commit(files, device, mode, arguments.framebuffer("fb", device));
      if (arguments.has("in_fence")) {
        screen.waitFor(commit, files, device, arguments.descriptor("in_fence"));
      }
      boolean asks = arguments.has("out_fence");
      if (asks) {
        screen.askFence(commit, files, device);
      }
      commit.commit(files, device, flags, 0);
      if (!test && (flags & KmsIoctl.NONBLOCK) != 0) {
        process.pause().begin();
      }
      return asks ? outFence(process, arguments, screen.fence(commit, files, device)) : Answer.ok();
    } finally {
      AtomicIoctl.destroyBlob(files, device, mode);
    }
  }

  private static Answer outFence(TracedProcess process, Arguments arguments, OptionalInt fence) {
    fence.ifPresent(fd -> arguments.as().ifPresent(name -> process.names().bind(name, fd)));
    return Answer.ok().with("fence", fence.isPresent());
  }

  /** As the recorder did before each flip, unless one had succeeded shortly before. */
  private static void awaitVblank(TracedProcess process, int device) {
    if (process.pause().isOver()) {
      try {
        KmsIoctl.waitVblank(process.files(), device, 0);
      } catch (DmaBufException off) {
        // A dark screen has no vblanks; whatever else is wrong, the flip itself says.
        return;
      }
    }
  }
}
