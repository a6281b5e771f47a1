package org.dmabuf;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.dmabuf.debug.Leak;
import org.dmabuf.fence.FenceCallback;
import org.dmabuf.fence.OpenContext;
import org.dmabuf.file.FileTable;
import org.dmabuf.memory.BackingStore;
import org.dmabuf.memory.ReservedRegion;
import org.dmabuf.negotiation.DeviceCatalog.Listing;
import org.dmabuf.resv.DmaResv;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Undoes what a stopped client left behind, in order, each step guarded so that one failure strands
 * nothing:
 *
 * <pre>
 *   first         callbacks, timers and queued work, so that nothing below calls into the bundle
 *   as a process  fences (ECANCELED) -> threads -> locks of its threads -> mappings -> attachments -> files
 *                 -> handles
 *   as a module   live buffers by their policy -> calls inside drained -> attachments that these
 *                 had locked
 *   the rest      memory, and a look for threads of its own making
 * </pre>
 *
 * <p>Kernel counterpart: {@code exit_files()} and {@code module_put()}.
 */
final class Teardown {
  private static final Logger LOG = LoggerFactory.getLogger(Teardown.class);

  private final DmaBufCore core;
  private final Client client;
  private final Predicate<Thread> threads;
  private final StepWatch watch;
  private final List<String> left = new ArrayList<>();
  private int failures;

  /**
   * Prepares one.
   *
   * @param threads whether a thread is the client's own
   */
  Teardown(DmaBufCore core, Client client, Predicate<Thread> threads) {
    this.core = core;
    this.client = client;
    this.threads = threads;
    this.watch = new StepWatch(core.clock(), core.releases().drainBound());
  }

  void run() {
    client.life().leave();
    try (watch) {
      undo();
    }
  }

  private void undo() {
    // Taken out of the notes before anything is undone, as that is not the client's doing.
    List<Leak> held = client.tracker().end();
    each("callbacks", client.books().callbacks(), callback -> false, FenceCallback::close);
    each("watches", client.books().watches(), watch -> false, Listing::close);
    left.addAll(client.threads().end());
    each(
        "fence contexts",
        client.books().contexts(),
        context -> !context.isClosed(),
        OpenContext::close);
    bounded("threads", this::awaitThreads);
    guarded("locks", this, Teardown::orphanedLocks);
    each("CPU mappings", client.books().mappings(), mapping -> true, CpuMapping::close);
    List<Attachment> stuck =
        each("attachments", client.books().attachments(), attachment -> true, Attachment::abandon);
    int open = client.files().size();
    if (open > 0) {
      left.add(open + " files");
    }
    guarded("files", client.files(), FileTable::close);
    each("file tables", client.books().tables(), table -> !table.isClosed(), FileTable::close);
    each("handles", client.books().handles().values(), handle -> true, DmaBuf::abandon);
    exporterLeaves();
    again(stuck);
    each("regions", client.books().regions(), region -> false, ReservedRegion::close);
    each("backing stores", client.books().stores(), store -> false, BackingStore::close);
    each("arenas", client.books().arenas(), arena -> false, ClientArena::close);
    client.life().gone();
    bounded("threads of its own making", this::awaitOwnThreads);
    if (failures > 0) {
      LOG.error("{} steps of the stop of {} have failed, see above", failures, client.name());
    }
    if (!left.isEmpty()) {
      LOG.warn("{} stopped and left {}; all was given back for it", client.name(), left);
    }
    held.forEach(client.tracker()::tell);
  }

  /** By now the fences that they may wait for have completed. */
  private void awaitThreads() {
    for (Thread thread : client.threads().awaitEnd(core.releases().drainBound())) {
      LOG.error(
          "Thread {} does not end though it was interrupted; it is {}",
          thread.getName(),
          place(thread));
    }
  }

  /** What the framework did not start it can only name. Those that are about to end are awaited. */
  private void awaitOwnThreads() {
    if (threads == DmaBufCore.UNKNOWN_THREADS) {
      return;
    }
    List<Thread> own =
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread != Thread.currentThread())
            .filter(thread -> !client.threads().has(thread) && threads.test(thread))
            .toList();
    for (Thread thread : ClientThreads.join(own, core.releases().drainBound())) {
      LOG.warn(
          "{} has stopped and its own thread {} runs on; it is {}; threads of its registry would"
              + " have ended",
          client.name(),
          thread.getName(),
          place(thread));
    }
  }

  /** Where it is in what is not Java's own. */
  private static String place(Thread thread) {
    return Arrays.stream(thread.getStackTrace())
        .filter(frame -> !frame.getClassName().matches("(java|jdk)\\..*"))
        .findFirst()
        .map(frame -> "at " + frame)
        .orElse("ending");
  }

  /**
   * What its threads have locked nobody else could ever lock. A thread that is about to unlock is
   * given its time.
   */
  private void orphanedLocks() {
    Predicate<Thread> gone =
        thread -> !thread.isAlive() || client.threads().has(thread) || threads.test(thread);
    long deadline = core.clock().nanos() + core.releases().drainBound().toNanos();
    int taken = 0;
    for (BufferObject buffer : core.inventory().buffers()) {
      DmaResv resv = buffer.resv();
      if (resv.isHeld() || !resv.isHeldBy(gone)) {
        continue;
      }
      if (resv.takeBack(thread -> !thread.isAlive())) {
        taken++;
      } else if (BoundedLock.take(resv, core.clock(), deadline)) {
        resv.unlock();
      } else if (resv.takeBack(gone)) {
        taken++;
      }
    }
    if (taken > 0) {
      left.add(taken + " locks");
    }
  }

  private void exporterLeaves() {
    bounded("buffers under WAIT", () -> core.releases().awaitReleased(client));
    for (BufferObject buffer : client.books().exported()) {
      guarded("buffers", buffer, BufferObject::exporterLeaves);
    }
    bounded("calls inside", () -> drain(client.gate()));
    client.books().exported().clear();
  }

  /** Lets the calls that are inside end, and interrupts those that do not. */
  private void drain(CallGate gate) {
    Duration bound = core.releases().drainBound();
    // A release that has begun is the driver's last call; a close from within it cannot wait for
    // it.
    boolean released = gate.isInside() || core.releases().awaitReleasing(client, bound.toNanos());
    if (gate.closeAndDrain(core.clock(), bound.toNanos())) {
      if (!released) {
        LOG.warn("A release is still inside {} after {}", client.name(), bound);
      }
      return;
    }
    List<CallGate.Inside> inside = gate.inside();
    LOG.warn(
        "Calls are still inside {} {} after it stopped and are interrupted: {}",
        client.name(),
        bound,
        inside);
    inside.forEach(call -> call.thread().interrupt());
    if (!gate.closeAndDrain(core.clock(), bound.toNanos())) {
      LOG.error(
          "Calls do not return from {}, which has stopped, though they were interrupted: {}",
          client.name(),
          gate.inside());
    }
  }

  /**
   * What a call inside the client kept locked is free by now, unless that has not returned: then it
   * is undone when it does.
   */
  private void again(List<Attachment> stuck) {
    failures -= stuck.size();
    for (Attachment attachment : stuck) {
      guarded("attachments", attachment, core.stranded()::abandon);
    }
  }

  /** Returns those that could not be undone. */
  private <T> List<T> each(String what, Collection<T> all, Predicate<T> isLeft, Consumer<T> undo) {
    long count = all.stream().filter(isLeft).count();
    if (count > 0) {
      left.add(count + " " + what);
    }
    List<T> stuck = new ArrayList<>();
    for (T one : List.copyOf(all)) {
      if (!guarded(what, one, undo)) {
        stuck.add(one);
      }
    }
    all.clear();
    return stuck;
  }

  /**
   * A step that calls into drivers: none may stop the others, by failing or by not returning.
   *
   * @return whether it was done
   */
  private <T> boolean guarded(String what, T one, Consumer<T> undo) {
    watch.begin("Taking " + what + " from " + client.name());
    try {
      undo.accept(one);
      return true;
    } catch (RuntimeException | Error failed) {
      failures++;
      LOG.warn("Taking {} from {} failed: {}", what, client.name(), failed.toString());
      return false;
    } finally {
      watch.end();
    }
  }

  /** A step of the framework's own that calls nobody and has bounds of its own. */
  private void bounded(String what, Runnable step) {
    watch.pause();
    try {
      step.run();
    } catch (RuntimeException failed) {
      failures++;
      LOG.warn("Waiting for {} of {} failed: {}", what, client.name(), failed.toString());
    } finally {
      watch.resume();
    }
  }
}
