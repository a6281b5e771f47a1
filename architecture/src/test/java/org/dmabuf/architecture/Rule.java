package org.dmabuf.architecture;

import com.tngtech.archunit.lang.ArchRule;
import java.util.stream.Stream;
import org.dmabuf.exporter.planted.ExporterThatNamesAnImporter;
import org.dmabuf.heap.planted.SubsystemThatNamesADriver;
import org.dmabuf.heap.planted.SubsystemThatNamesAnother;
import org.dmabuf.importer.planted.DriverThatNamesAnApplication;
import org.dmabuf.importer.planted.DriverThatNamesAnInternal;
import org.dmabuf.importer.planted.DriverThatStartsAThread;
import org.dmabuf.importer.planted.DriverThatUsesAwt;
import org.dmabuf.importer.planted.ImporterThatNamesAnExporter;
import org.dmabuf.launcher.planted.LauncherThatNamesABundle;
import org.dmabuf.pipeline.planted.ApplicationThatNamesADriver;
import org.dmabuf.pixel.planted.PixelThatNamesADisplay;
import org.dmabuf.planted.FrameworkThatCopies;
import org.dmabuf.planted.FrameworkThatExchanges;
import org.dmabuf.planted.FrameworkThatHoldsADriver;
import org.dmabuf.planted.FrameworkThatKeepsAThrowable;
import org.dmabuf.planted.FrameworkThatParks;
import org.dmabuf.planted.FrameworkThatPrints;
import org.dmabuf.planted.FrameworkWithALibrary;
import org.dmabuf.planted.StaticCollection;
import org.dmabuf.planted.StaticHolder;
import org.dmabuf.planted.StaticVariable;

/**
 * A rule and the class that was planted to break it.
 *
 * @param name what the rule says
 * @param rule the rule
 * @param planted a class of this module's tests that breaks it
 */
record Rule(String name, ArchRule rule, Class<?> planted) {
  static Stream<Rule> all() {
    return Stream.of(
        new Rule(
            "the framework needs only OSGi and SLF4J",
            Arrows.FRAMEWORK_NEEDS_ONLY_OSGI_AND_SLF4J,
            FrameworkWithALibrary.class),
        new Rule(
            "a subsystem names only the framework",
            Arrows.SUBSYSTEM_NAMES_ONLY_THE_FRAMEWORK,
            SubsystemThatNamesADriver.class),
        new Rule(
            "subsystems stand alone",
            Arrows.SUBSYSTEMS_STAND_ALONE,
            SubsystemThatNamesAnother.class),
        new Rule(
            "pixels need only the framework",
            Arrows.PIXEL_NAMES_ONLY_THE_FRAMEWORK,
            PixelThatNamesADisplay.class),
        new Rule(
            "a driver names no application",
            Arrows.DRIVER_NAMES_NO_APPLICATION,
            DriverThatNamesAnApplication.class),
        new Rule(
            "drivers stand alone", Arrows.DRIVERS_STAND_ALONE, ImporterThatNamesAnExporter.class),
        new Rule(
            "an exporter names no importer",
            Arrows.EXPORTER_NAMES_NO_IMPORTER,
            ExporterThatNamesAnImporter.class),
        new Rule(
            "an importer names no exporter",
            Arrows.IMPORTER_NAMES_NO_EXPORTER,
            ImporterThatNamesAnExporter.class),
        new Rule(
            "an application names no driver",
            Arrows.APPLICATION_NAMES_NO_DRIVER,
            ApplicationThatNamesADriver.class),
        new Rule(
            "the launcher names no bundle",
            Arrows.LAUNCHER_NAMES_NO_BUNDLE,
            LauncherThatNamesABundle.class),
        new Rule(
            "only applications use AWT and JFR",
            Arrows.ONLY_APPLICATIONS_USE_AWT_AND_JFR,
            DriverThatUsesAwt.class),
        new Rule(
            "internals stay inside", Arrows.INTERNALS_STAY_INSIDE, DriverThatNamesAnInternal.class),
        new Rule(
            "frame bytes move only through org.dmabuf.memory",
            FrameBytes.MOVE_ONLY_THROUGH_MEMORY,
            FrameworkThatCopies.class),
        new Rule(
            "the framework parks only in its seam",
            Seams.PARK_ONLY_IN_SEAM,
            FrameworkThatParks.class),
        new Rule(
            "a step before each compare-and-set",
            Seams.STEP_BEFORE_EACH_EXCHANGE,
            FrameworkThatExchanges.class),
        new Rule(
            "threads of drivers come from their registry",
            DriverTasks.THREADS_COME_FROM_THE_REGISTRY,
            DriverThatStartsAThread.class),
        new Rule("no static variables", Statics.NO_STATIC_VARIABLES, StaticVariable.class),
        new Rule("no static holders of state", Statics.NO_STATIC_HOLDERS, StaticHolder.class),
        new Rule(
            "no static mutable collections",
            Statics.NO_STATIC_MUTABLE_COLLECTIONS,
            StaticCollection.class),
        new Rule(
            "no kept throwables", Statics.NO_KEPT_THROWABLES, FrameworkThatKeepsAThrowable.class),
        new Rule(
            "no driver in a framework field",
            Statics.NO_DRIVER_IN_A_FRAMEWORK_FIELD,
            FrameworkThatHoldsADriver.class),
        new Rule("no standard streams", Statics.NO_STANDARD_STREAMS, FrameworkThatPrints.class));
  }
}
