package org.dmabuf.launcher;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.felix.framework.FrameworkFactory;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.osgi.util.tracker.ServiceTracker;

/**
 * A product in its framework, from start to end. Whoever starts it closes it; a signal closes it
 * too, by a shutdown hook, so that neither threads nor the storage folder stay behind.
 *
 * <pre>
 *   RUNNING --close(), SIGINT, SIGTERM--&gt; CLOSED
 * </pre>
 *
 * <p>Threads: all methods may be called from any thread. It keeps no bundle and no class of one: a
 * driver that is swapped can be collected.
 */
final class RunningProduct implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(20);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(15);
  private static final String START_LEVEL = "dmabuf.startlevel.";
  private static final int DRIVERS_START_LEVEL = 3;
  private static final int LAST_START_LEVEL = 4;

  private enum State {
    RUNNING,
    CLOSED
  }

  private final Framework framework;
  private final Path storage;
  private final List<String> startErrors = new CopyOnWriteArrayList<>();
  private final CountDownLatch started = new CountDownLatch(1);
  private final Thread hook;
  private final ReentrantLock closing = new ReentrantLock();
  private volatile State state = State.RUNNING;

  private RunningProduct(Framework framework, Path storage) {
    this.framework = framework;
    this.storage = storage;
    this.hook = new Thread(this::close, "dmabuf-shutdown");
  }

  /**
   * Starts a product and returns when all its bundles have been told to start.
   *
   * @param extra properties of the framework beside the product's own
   * @throws IllegalStateException when the framework itself does not start
   */
  static RunningProduct start(Product product, BundleSelection selection, Map<String, String> extra)
      throws InterruptedException {
    Path storage = Storage.create();
    RunningProduct running = null;
    try {
      Properties levels = product.properties();
      Map<String, String> properties = new HashMap<>();
      levels.stringPropertyNames().forEach(key -> properties.put(key, levels.getProperty(key)));
      properties.putAll(extra);
      properties.put(Constants.FRAMEWORK_STORAGE, storage.toString());
      properties.put(Constants.FRAMEWORK_BEGINNING_STARTLEVEL, Integer.toString(LAST_START_LEVEL));
      running = new RunningProduct(new FrameworkFactory().newFramework(properties), storage);
      Runtime.getRuntime().addShutdownHook(running.hook);
      running.install(selection.bundles(), levels);
      return running;
    } catch (IOException | BundleException | InterruptedException | RuntimeException e) {
      if (running != null) {
        running.close();
      } else {
        deleteQuietly(storage);
      }
      if (e instanceof InterruptedException interrupted) {
        throw interrupted;
      }
      throw new IllegalStateException("The framework did not start: " + e.getMessage(), e);
    }
  }

  private void install(List<BundleJar> jars, Properties levels)
      throws BundleException, InterruptedException {
    framework.init();
    BundleContext context = framework.getBundleContext();
    context.addBundleListener(new GoneBundles(framework));
    context.addFrameworkListener(
        event -> {
          if (event.getType() == FrameworkEvent.ERROR) {
            startErrors.add(
                event.getBundle().getSymbolicName() + ": " + text(event.getThrowable()));
          } else if (event.getType() == FrameworkEvent.STARTED) {
            started.countDown();
          }
        });
    for (BundleJar jar : jars) {
      // by reference: the product's jars are used where they are, not copied into the storage
      Bundle bundle = context.installBundle("reference:" + jar.uri());
      bundle.adapt(BundleStartLevel.class).setStartLevel(startLevel(jar.name(), levels));
      if (!jar.fragment()) {
        // the framework is not started yet: this only says that it shall be
        bundle.start();
      }
    }
    framework.start();
    // events come in order on a thread of their own: with this one, all errors of the start have
    // come
    if (!started.await(START_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
      startErrors.add(
          "The framework did not say within %d seconds that it has started."
              .formatted(START_LIMIT.toSeconds()));
    }
  }

  private static int startLevel(String name, Properties levels) {
    for (int level = 1; level <= LAST_START_LEVEL; level++) {
      for (String prefix : levels.getProperty(START_LEVEL + level, "").split(",", -1)) {
        if (!prefix.isBlank() && name.startsWith(prefix.strip())) {
          return level;
        }
      }
    }
    return DRIVERS_START_LEVEL;
  }

  /**
   * Waits for a service, which stays in use until the product is closed: a component that nobody
   * uses is deactivated, and loses the drivers that came to it.
   *
   * @param filter an OSGi filter
   * @return the service, or empty when none came within the limit or the framework stopped
   */
  Optional<Object> awaitService(String filter, Duration limit) throws InterruptedException {
    BundleContext context = framework.getBundleContext();
    if (context == null) {
      return Optional.empty();
    }
    try {
      ServiceTracker<Object, Object> tracker =
          new ServiceTracker<>(context, context.createFilter(filter), null);
      tracker.open(true);
      // never closed by us: the framework does that when it stops
      return Optional.ofNullable(tracker.waitForService(limit.toMillis()));
    } catch (InvalidSyntaxException e) {
      throw new IllegalArgumentException("No filter: " + filter, e);
    }
  }

  /** Returns the framework's own context. */
  BundleContext context() {
    return framework.getBundleContext();
  }

  /** Waits until somebody stops the framework, as the shell does when it ends. */
  void awaitStop() throws InterruptedException {
    framework.waitForStop(0);
  }

  /** Returns the errors that the framework told of, each one line of text. */
  List<String> startErrors() {
    return List.copyOf(startErrors);
  }

  /** Returns what keeps the product from being whole, each one line of text. */
  List<String> problems() {
    BundleContext context = framework.getBundleContext();
    return context == null ? List.of("The framework has stopped.") : Diagnosis.of(context);
  }

  /** Tells whether it was closed, perhaps by a signal. */
  boolean closed() {
    return state == State.CLOSED;
  }

  /** Stops the framework and removes its storage; the second call waits for the first. */
  @Override
  public void close() {
    closing.lock();
    try {
      if (state == State.CLOSED) {
        return;
      }
      state = State.CLOSED;
      framework.stop();
      FrameworkEvent event = framework.waitForStop(STOP_LIMIT.toMillis());
      if (event.getType() == FrameworkEvent.WAIT_TIMEDOUT) {
        System.err.println(
            "The framework did not stop within " + STOP_LIMIT.toSeconds() + " seconds.");
      }
    } catch (BundleException e) {
      System.err.println("The framework did not stop: " + text(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      deleteQuietly(storage);
      closing.unlock();
    }
    removeHook();
  }

  private void removeHook() {
    if (Thread.currentThread() == hook) {
      return;
    }
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // the JVM is already ending, the hook runs or has run: there is nothing to remove
      return;
    }
  }

  private static void deleteQuietly(Path folder) {
    try {
      Storage.delete(folder);
    } catch (IOException | UncheckedIOException e) {
      System.err.println("The folder " + folder + " could not be removed: " + e.getMessage());
    }
  }

  private static String text(Throwable failure) {
    StringBuilder text = new StringBuilder(String.valueOf(failure.getMessage()));
    for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
      text.append(" (").append(cause).append(')');
    }
    return text.toString().lines().findFirst().orElse("");
  }
}
